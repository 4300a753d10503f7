using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Commands;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Keeps so much memory for good, in its process, and returns that process.</summary>
public sealed class LeakCommand(int megabytes) : SlaveCommand<int>
{
    private static readonly List<byte[]> Kept = [];

    public override int Run(ISlaveContext slave)
    {
        var block = new byte[megabytes << 20];
        Array.Fill(block, (byte)1);
        Kept.Add(block);
        return Environment.ProcessId;
    }
}

/// <summary>Takes memory until it has so much, then waits for its end.</summary>
public sealed class GreedyCommand(int megabytes) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        Console.WriteLine("greedy begins");
        var taken = new List<byte[]>();
        for (var had = 0; had < megabytes; had += 16)
        {
            var block = new byte[16 << 20];
            Array.Fill(block, (byte)1);
            taken.Add(block);
        }

        slave.Cancellation.WaitHandle.WaitOne(30_000);
        return taken.Count;
    }
}

/// <summary>How a command that does not heed its token takes the end of its process.</summary>
public enum Defiance
{
    /// <summary>It prints as the process ends.</summary>
    Prints,

    /// <summary>It does not let the process end.</summary>
    HoldsOn,

    /// <summary>It stops every thread of the runtime, the slave's watchdog included.</summary>
    FreezesRuntime,
}

/// <summary>Ignores its token.</summary>
public sealed partial class DefiantCommand(Defiance defiance) : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        Console.WriteLine("defiant begins");
        switch (defiance)
        {
            case Defiance.Prints:
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Console.Write("flushed at the end");
                break;
            case Defiance.HoldsOn:
                AppDomain.CurrentDomain.ProcessExit += (_, _) => Thread.Sleep(Timeout.Infinite);
                break;
            default:
                new Thread(() => GC.Collect()) { IsBackground = true }.Start();
                _ = Sleep(120); // Without a transition: the collection waits for this thread, and every other thread for the collection.
                break;
        }

        Thread.Sleep(Timeout.Infinite);
    }

    [SuppressGCTransition]
    [LibraryImport("libc", EntryPoint = "sleep")]
    private static partial uint Sleep(uint seconds);
}

/// <summary>Leaves a trace of each execution and naps for a millisecond; one of them stops its process in the middle, once all that this process ran before is home.</summary>
public sealed class StoppingCommand(int number, int stopAt, string folder) : SlaveCommand<int>
{
    private static readonly List<int> RanHere = [];

    /// <summary>The file that the master leaves for each value that has come home.</summary>
    internal static string Home(string folder, int number) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"home.{number}"));

    public override int Run(ISlaveContext slave)
    {
        File.WriteAllText(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number}-{Guid.NewGuid():N}")), slave.Attempt.ToString(CultureInfo.InvariantCulture));
        if (number == stopAt)
        {
            // Results that have not left would be stopped with it.
            SpinWait.SpinUntil(() => RanHere.TrueForAll(before => File.Exists(Home(folder, before))), TimeSpan.FromSeconds(30));
            File.WriteAllText(Path.Combine(folder, "stopped"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            SystemCalls.Kill(Environment.ProcessId, 19);
        }

        RanHere.Add(number);
        slave.Cancellation.WaitHandle.WaitOne(1);
        return number;
    }
}

/// <summary>As <see cref="DefiantCommand"/> with <see cref="Defiance.FreezesRuntime"/>, for a future.</summary>
public sealed class DefiantReturnCommand : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        new DefiantCommand(Defiance.FreezesRuntime).Run(slave);
        return 0;
    }
}
