using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>Starts processes with posix_spawn: no copy of this process's memory, no code of ours between fork and exec.</summary>
internal static unsafe class Spawner
{
    private const int StructureBytes = 1024; // posix_spawnattr_t is 336 bytes in glibc and musl, the file actions 80, sigset_t 128.
    private const short FlagGroup = 2;
    private const short FlagDefaultSignals = 4;
    private const short FlagSignalMask = 8;
    private const int OpenReadWrite = 2;

    /// <summary>Starts a process. From any thread, also from several at once.</summary>
    /// <exception cref="NativeException">It cannot be started: no such file, not executable, no memory or too many processes.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    internal static ChildProcess Start(ProcessStart start)
    {
        NativeSupport.Require();
        var actions = stackalloc byte[StructureBytes];
        var attributes = stackalloc byte[StructureBytes];
        var duplicates = new List<int>();
        Check(Libc.InitialiseActions(actions), "posix_spawn_file_actions_init", start);
        Check(Libc.InitialiseAttributes(attributes), "posix_spawnattr_init", start);
        var arguments = Strings(start.Arguments);
        var environment = Strings(start.Environment.Select(pair => $"{pair.Key}={pair.Value}"));
        try
        {
            AddActions(start, actions, duplicates);
            SetAttributes(start, attributes);
            fixed (nint* argumentStart = arguments)
            {
                fixed (nint* environmentStart = environment)
                {
                    Check(Libc.Spawn(out var process, start.Path, actions, attributes, (byte**)argumentStart, (byte**)environmentStart), "posix_spawn", start);
                    return new ChildProcess(process);
                }
            }
        }
        finally
        {
            Free(arguments);
            Free(environment);
            _ = Libc.DestroyActions(actions);
            _ = Libc.DestroyAttributes(attributes);
            duplicates.ForEach(Descriptors.Close);
        }
    }

    private static void AddActions(ProcessStart start, byte* actions, List<int> duplicates)
    {
        var highest = start.Descriptors.Select(pair => pair.Target).Concat(start.Nulls).DefaultIfEmpty(2).Max();
        foreach (var (target, source) in start.Descriptors)
        {
            // From numbers above all targets, so that no action overwrites the source of a later one, and none is from a number to itself, which old C libraries leave closed on exec.
            var above = Descriptors.Duplicate(source, highest + 1);
            duplicates.Add(above);
            Check(Libc.AddDuplicate(actions, above, target), "posix_spawn_file_actions_adddup2", start);
        }

        foreach (var target in start.Nulls)
        {
            Check(Libc.AddOpen(actions, target, "/dev/null", OpenReadWrite, 0), "posix_spawn_file_actions_addopen", start);
        }

        if (start.WorkingDirectory is { } directory)
        {
            Check(Libc.AddChangeDirectory(actions, directory), "posix_spawn_file_actions_addchdir_np", start);
        }
    }

    private static void SetAttributes(ProcessStart start, byte* attributes)
    {
        var signals = stackalloc byte[StructureBytes];
        _ = Libc.EmptySignals(signals);
        Check(Libc.SetSignalMask(attributes, signals), "posix_spawnattr_setsigmask", start);
        _ = Libc.FillSignals(signals);
        _ = Libc.RemoveSignal(signals, Signals.Kill);
        _ = Libc.RemoveSignal(signals, Signals.Stop);
        Check(Libc.SetDefaultSignals(attributes, signals), "posix_spawnattr_setsigdefault", start);
        var flags = (short)(FlagDefaultSignals | FlagSignalMask);
        if (start.OwnGroup)
        {
            flags |= FlagGroup;
            Check(Libc.SetProcessGroup(attributes, 0), "posix_spawnattr_setpgroup", start);
        }

        Check(Libc.SetFlags(attributes, flags), "posix_spawnattr_setflags", start);
    }

    /// <summary>Pointers to the strings as the C library wants them, and a null behind them.</summary>
    private static nint[] Strings(IEnumerable<string> texts)
    {
        var list = new List<nint>();
        foreach (var text in texts)
        {
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                list.ForEach(Marshal.FreeCoTaskMem);
                throw new ArgumentException($"An argument or variable holds a null character: {text.Replace("\0", "\\0", StringComparison.Ordinal)}");
            }

            list.Add(Marshal.StringToCoTaskMemUTF8(text));
        }

        list.Add(0);
        return [.. list];
    }

    private static void Free(nint[] strings)
    {
        foreach (var text in strings)
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    private static void Check(int error, string call, ProcessStart start)
    {
        if (error != 0)
        {
            throw new NativeException(call, start.Path, error);
        }
    }
}
