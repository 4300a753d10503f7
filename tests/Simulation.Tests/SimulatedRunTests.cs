using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Simulation.Tests;

public sealed class SimulatedRunTests
{
    private const double Charge = 1e-6;

    [Test]
    public void The_same_seed_and_a_fixed_charge_give_the_same_virtual_time()
    {
        var (model, workload) = Uneven(seed: 7);
        var (first, second) = (Run(model, workload), Run(model, workload));
        Assert.That(second with { Allocated = first.Allocated }, Is.EqualTo(first));
        Assert.That(Run(model, workload with { Seed = 8 }).Makespan, Is.Not.EqualTo(first.Makespan));
    }

    /// <summary>The run itself throws when a result comes home twice, or with the value of another command.</summary>
    [Test]
    public void Every_result_comes_home_once([Values] bool queueFirst, [Values(Chunking.Adaptive, Chunking.Each)] Chunking chunking)
    {
        var (model, workload) = Uneven(seed: 1);
        var result = Run(model, workload with { QueueFirst = queueFirst, Chunking = chunking });
        Assert.That(result.Applied, Is.EqualTo(workload.Commands));
        Assert.That(result.Begun, Is.EqualTo(workload.Commands));
    }

    [Test]
    public void Commands_of_lost_slaves_are_run_again_and_every_result_is_applied_once()
    {
        var (model, workload) = Uneven(seed: 3);
        var result = Run(model with { Losses = 5 }, workload);
        Assert.That(result.LostSlaves, Is.EqualTo(5));
        Assert.That(result.Applied, Is.EqualTo(workload.Commands));
        Assert.That(result.Begun, Is.GreaterThan(workload.Commands));
    }

    [Test]
    public void One_slave_works_without_a_pause_between_commands()
    {
        var model = new FabricModel { Slaves = 1 };
        var result = Run(model, new Workload { Commands = 1000, Duration = 1e-3 });
        var busy = 1000 * (1e-3 + model.SlaveCost);
        var ends = 6 * (model.Latency + model.MessageCost + Charge); // The first command is alone on its way, the last result too.
        Assert.That(result.Makespan, Is.InRange(busy, busy + ends));
    }

    /// <summary>With two commands in flight each round trip brings two results: what a slave waits for is the rest of the trip.</summary>
    [Test]
    public void A_slow_link_limits_one_command_messages_to_two_in_a_round_trip()
    {
        var model = new FabricModel { Slaves = 1, Latency = 10e-3 };
        var result = Run(model, new Workload { Commands = 400, Duration = 1e-3, Chunking = Chunking.Each });
        Assert.That(result.Makespan, Is.EqualTo(200 * (2 * model.Latency + 1e-3)).Within(2).Percent);
    }

    [Test]
    public void A_master_that_needs_longer_than_its_slaves_together_sets_the_pace()
    {
        var model = new FabricModel { Slaves = 100, MessageCost = 0 };
        var workload = new Workload { Commands = 20_000, Duration = 100e-6 };
        var result = SimulatedRun.Of(model, workload, new FixedCharge(5e-6));
        Assert.That(result.Makespan, Is.InRange(20_000 * 5e-6, 20_000 * 5e-6 * 1.1));
        Assert.That(result.MasterLoad, Is.InRange(0.9, 1));
    }

    /// <summary>The promise of docs/scale.md in small: what the slaves' number does to the loop is seen with a charge that is fixed.</summary>
    [Test]
    public void A_thousand_slaves_are_kept_busy_with_commands_of_10_ms()
    {
        var result = Run(new FabricModel { Slaves = 1024 }, new Workload { Commands = 100_000 });
        Assert.That(result.Efficiency, Is.GreaterThan(0.95));
    }

    [Test]
    public void Short_commands_travel_together_both_ways_when_there_are_many_slaves()
    {
        var result = Run(new FabricModel { Slaves = 512 }, new Workload { Commands = 100_000, Duration = 1e-3 });
        Assert.That(result.MessagesOut, Is.LessThan(50_000));
        Assert.That(result.MessagesHome, Is.LessThan(50_000));
    }

    private static (FabricModel Model, Workload Workload) Uneven(long seed) =>
        (new FabricModel { Slaves = 20, Jitter = 20e-6 }, new Workload { Commands = 5000, Duration = 1e-3, Spread = Spread.Exponential, Seed = seed });

    private static SimulationResult Run(FabricModel model, Workload workload) => SimulatedRun.Of(model, workload, new FixedCharge(Charge));
}
