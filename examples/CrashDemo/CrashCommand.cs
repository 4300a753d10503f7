using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.CrashDemo;

/// <summary>Ruins its slave in one of several ways.</summary>
public sealed partial class CrashCommand(string kind) : SlaveCommand<int>
{
    private const int KillSignal = 9;
    private const int StopSignal = 19;

    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        ArgumentNullException.ThrowIfNull(slave);
        Console.WriteLine($"{kind}: attempt {slave.Attempt} on rank {slave.Rank}");
        switch (kind)
        {
            case "exit":
                Environment.Exit(3);
                break;
            case "kill":
                _ = Kill(Environment.ProcessId, KillSignal);
                break;
            case "segv":
                Marshal.WriteByte(unchecked((nint)0x7fff_dead_0000), 1);
                break;
            case "overflow":
                return Deeper(1);
            case "stop":
                _ = Kill(Environment.ProcessId, StopSignal);
                break;
            case "oom":
                return FillMemory();
            case "flood":
                return Flood();
            case "half-line":
                Console.Write("half a li");
                _ = Kill(Environment.ProcessId, KillSignal);
                break;
            default:
                break;
        }

        Thread.Sleep(Timeout.Infinite); // Deaf to its cancellation, and never reached by those that died.
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Deeper(int level) => level == 0 ? 0 : Deeper(level + 1) + 1;

    private static int FillMemory()
    {
        // A limit of its own, so that no other program of this machine suffers.
        AppContext.SetData("GCHeapHardLimit", (ulong)GC.GetTotalMemory(forceFullCollection: true) + (200UL << 20));
        GC.RefreshMemoryLimit();
        var kept = new List<byte[]>();
        while (true)
        {
            kept.Add(new byte[1 << 20]);
        }
    }

    private static int Flood()
    {
        var line = new string('x', 1023);
        while (true)
        {
            Console.WriteLine(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

/// <summary>A command that does no harm.</summary>
public sealed class SquareCommand(int number) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => number * number;
}
