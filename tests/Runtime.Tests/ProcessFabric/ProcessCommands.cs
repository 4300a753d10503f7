using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Commands;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>How a command ends its slave.</summary>
public enum Death
{
    Exit,
    Kill,
    Abort,
    FailFast,
    Overflow,
    AccessViolation,
    Stop,
    ThreadThrows,
}

/// <summary>The most memory that its slave has held at once, in bytes.</summary>
public sealed class PeakMemoryCommand : SlaveCommand<long>
{
    public override long Run(ISlaveContext slave)
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}

/// <summary>Prints half a line on each stream, then ends its slave. From attempt <paramref name="survives"/> on it returns the attempt.</summary>
public sealed class DyingCommand(Death death, int survives = int.MaxValue) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        if (slave.Attempt >= survives)
        {
            return slave.Attempt;
        }

        Console.Write("half a li");
        Console.Error.Write("half an err");
        Die(death);
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    private static void Die(Death death)
    {
        switch (death)
        {
            case Death.Exit:
                Environment.Exit(3);
                break;
            case Death.Kill:
                Process.GetCurrentProcess().Kill();
                break;
            case Death.Abort:
                SystemCalls.Abort();
                break;
            case Death.Stop:
                Signal(19);
                break;
            case Death.FailFast:
                Environment.FailFast("the state is corrupt");
                break;
            case Death.Overflow:
                Deeper(1);
                break;
            case Death.AccessViolation:
                Marshal.WriteByte(unchecked((nint)0x7fff_dead_0000), 1);
                break;
            default:
                new Thread(() => throw new InvalidOperationException("nobody catches this")).Start();
                break;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Deeper(int level) => level == 0 ? 0 : Deeper(level + 1) + 1;

    private static void Signal(int signal) => SystemCalls.Kill(Environment.ProcessId, signal);
}

internal static partial class SystemCalls
{
    internal static void Kill(int process, int signal) => _ = Send(process, signal);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);

    [LibraryImport("libc", EntryPoint = "abort")]
    internal static partial void Abort();

    [LibraryImport("libc", EntryPoint = "puts", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Put(string text);

    [LibraryImport("libc", EntryPoint = "printf", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Print(string text);

    [LibraryImport("libc", EntryPoint = "write", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint Write(int descriptor, string text, nuint count);
}

/// <summary>The process that runs it.</summary>
public sealed class ProcessIdCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => Environment.ProcessId;
}

/// <summary>A variable as slaves see it.</summary>
public sealed class VariableCommand(string name) : SlaveCommand<string?>
{
    public override string? Run(ISlaveContext slave) => Environment.GetEnvironmentVariable(name);
}

/// <summary>What a child program of a slave prints, run by a shell.</summary>
public sealed class ShellCommand(string script) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        using var shell = Process.Start("/bin/sh", ["-c", script]);
        shell.WaitForExit();
        return shell.ExitCode;
    }
}

/// <summary>Reads standard input to its end.</summary>
public sealed class ReadInputCommand : SlaveCommand<string>
{
    public override string Run(ISlaveContext slave) => Console.In.ReadToEnd();
}

/// <summary>The cores that its process may use, and the count that .NET sees.</summary>
public sealed class CoresCommand : SlaveCommand<(string Allowed, int Count)>
{
    public override (string Allowed, int Count) Run(ISlaveContext slave)
    {
        var line = Array.Find(System.IO.File.ReadAllLines("/proc/self/status"), text => text.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal))!;
        return (line.Split('\t')[1], Environment.ProcessorCount);
    }
}

/// <summary>The niceness of each thread of its process.</summary>
public sealed class NiceCommand : SlaveCommand<int[]>
{
    public override int[] Run(ISlaveContext slave) => OfThisProcess();

    internal static int[] OfThisProcess()
    {
        var all = new List<int>();
        foreach (var task in System.IO.Directory.GetDirectories("/proc/self/task"))
        {
            try
            {
                var stat = System.IO.File.ReadAllText(task + "/stat");
                all.Add(int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture));
            }
            catch (System.IO.IOException)
            {
                continue; // A thread that has ended since it was listed.
            }
        }

        return [.. all];
    }
}

/// <summary>Sleeps, and returns the number.</summary>
public sealed class NapCommand(int number, int milliseconds) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        slave.Cancellation.WaitHandle.WaitOne(milliseconds);
        return number;
    }
}
