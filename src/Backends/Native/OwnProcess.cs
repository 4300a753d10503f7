using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>What a process does to itself.</summary>
internal static unsafe class OwnProcess
{
    private const int ParentDeathSignal = 1;
    private const int ByProcess = 0;
    private const int MaskBytes = 1024; // 8192 processors.

    /// <summary>The process that started this one; 1, or a subreaper's, once that has ended.</summary>
    internal static int ParentId => Libc.ParentId();

    /// <summary>Whether this process may do everything, as the superuser may.</summary>
    internal static bool IsRoot => Libc.EffectiveUser() == 0;

    /// <summary>Has the system send this process a signal when the thread that started it ends. Ask <see cref="ParentId"/> afterwards: the parent may be gone already.</summary>
    /// <remarks>It is the thread, not the process, that counts: a parent starts such children from a thread that lives as long as they may.</remarks>
    internal static void DieWithParent(int signal)
    {
        if (Libc.ProcessControl(ParentDeathSignal, (nuint)signal, 0, 0, 0) != 0)
        {
            throw NativeException.Last("prctl(PR_SET_PDEATHSIG)", Signals.NameOf(signal));
        }
    }

    /// <summary>Ends this process without running anything more of it: no handlers, no flushing.</summary>
    [DoesNotReturn]
    internal static void ExitAtOnce(int code) => Libc.ExitAtOnce(code);

    /// <summary>Has this process end, when it does, once all that is managed has ended, and without what its libraries do at the end (atexit, destructors). False where the C library has no <c>on_exit</c> (musl).</summary>
    internal static bool SkipLibrariesAtExit()
    {
        // The function is handed the exit code first, and _exit looks at nothing else.
        return NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "on_exit", out _)
            && NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "_exit", out var function)
            && Libc.OnExit(function, 0) == 0;
    }

    /// <summary>Sends a signal to another process; false when it is gone, or another user's.</summary>
    internal static bool Signal(int process, int signal) => Libc.Kill(process, signal) == 0;

    /// <summary>Sends a signal to every process of a group that is still there.</summary>
    internal static void SignalGroup(int group, int signal) => _ = Libc.Kill(-group, signal);

    /// <summary>Leaves the core to another thread that is ready to run, if there is one.</summary>
    internal static void Yield() => _ = Libc.Yield();

    /// <summary>Sets the niceness of a process, -20 to 19; 0 is this one. Threads it has already started keep theirs.</summary>
    internal static void SetNice(int process, int nice)
    {
        if (Libc.SetPriority(ByProcess, process, nice) != 0)
        {
            throw NativeException.Last("setpriority", string.Create(CultureInfo.InvariantCulture, $"nice {nice}"));
        }
    }

    /// <summary>The processors on which a process may run, ascending; 0 is this one (its calling thread).</summary>
    internal static IReadOnlyList<int> Affinity(int process = 0)
    {
        var mask = stackalloc byte[MaskBytes];
        var bytes = Libc.GetAffinity(process, MaskBytes, mask);
        if (bytes < 0)
        {
            throw NativeException.Last("sched_getaffinity", string.Create(CultureInfo.InvariantCulture, $"process {process}"));
        }

        var processors = new List<int>();
        for (var i = 0; i < MaskBytes * 8; i++)
        {
            if ((mask[i >> 3] & (1 << (i & 7))) != 0)
            {
                processors.Add(i);
            }
        }

        return processors;
    }

    /// <summary>Has a process run on the given processors only: its main thread and what that starts from now on; 0 is this one (its calling thread).</summary>
    internal static void SetAffinity(int process, IEnumerable<int> processors)
    {
        var mask = stackalloc byte[MaskBytes];
        new System.Span<byte>(mask, MaskBytes).Clear();
        var named = new List<int>(processors);
        foreach (var processor in named)
        {
            System.ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)processor, (uint)MaskBytes * 8);
            mask[processor >> 3] |= (byte)(1 << (processor & 7));
        }

        if (Libc.SetAffinity(process, MaskBytes, mask) != 0)
        {
            throw NativeException.Last("sched_setaffinity", $"processors {string.Join(',', named)}");
        }
    }
}
