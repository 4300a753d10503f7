using System;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Simulation.Tests;

/// <summary>What the hot paths allocate for one command that does nothing: counts, which are the same on a noisy machine. Twice as many commands, less the same once: what a start needs falls out.</summary>
[NonParallelizable]
public sealed class AllocationTests
{
    private const int Commands = 100_000;

    /// <summary>From the snapshot to the memo: the command and its memo (the user's), the entry, the bytes of its snapshot, the value, and in the simulated slave the value once more.</summary>
    [TestCase(Chunking.Adaptive, 298)]
    [TestCase(Chunking.Each, 298)]
    public void A_no_op_command_costs_the_master_few_bytes(Chunking chunking, int most)
    {
        var bytes = PerCommand(commands => OnMaster(chunking, commands));
        TestContext.Out.WriteLine($"{bytes:F1} bytes");
        Assert.That(bytes, Is.LessThanOrEqualTo(most));
    }

    /// <summary>The command, its context, its output, and the value.</summary>
    [TestCase(480)]
    public void A_no_op_command_costs_a_slave_few_bytes(int most)
    {
        var bytes = PerCommand(SlaveBench.Allocated);
        TestContext.Out.WriteLine($"{bytes:F1} bytes");
        Assert.That(bytes, Is.LessThanOrEqualTo(most));
    }

    private static double PerCommand(Func<int, long> allocated)
    {
        allocated(Commands); // Tables grow and methods are compiled once.
        return (double)(allocated(2 * Commands) - allocated(Commands)) / Commands;
    }

    private static long OnMaster(Chunking chunking, int commands) =>
        SimulatedRun.Of(new FabricModel { Slaves = 4 }, new Workload { Commands = commands, Duration = 1e-6, Chunking = chunking }, new FixedCharge(1e-6)).Allocated;
}
