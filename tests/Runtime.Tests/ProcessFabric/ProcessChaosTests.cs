using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Slaves are killed at random while commands run: every result is applied once. <c>scripts/chaos.sh</c> runs it for as long as one likes.</summary>
[Platform("Linux")]
[NonParallelizable]
internal sealed class ProcessChaosTests
{
    [TestCase("shm")]
    [TestCase("socket")]
    public void Every_result_is_applied_once_while_slaves_are_killed(string transport)
    {
        var commands = Setting("COMMANDS", 10_000);
        var microseconds = Setting("MICROSECONDS", 200);
        var slaves = Setting("SLAVES", 2);
        var interval = TimeSpan.FromMilliseconds(Setting("INTERVAL_MS", 200));
        var seed = Setting("SEED", Environment.TickCount & int.MaxValue);
        TestContext.Progress.WriteLine($"chaos over {transport}: {commands} commands of {microseconds} us, {slaves} slaves, a kill every {interval.TotalMilliseconds} ms, seed {seed}");

        var mostRatio = Setting("MOST_PERCENT", 0) / 100.0; // Of the makespan without kills; 0: that is not asked.
        var calm = mostRatio > 0 ? Run(transport, commands, microseconds, slaves, seed, TimeSpan.Zero) : TimeSpan.Zero;
        var makespan = Run(transport, commands, microseconds, slaves, seed, interval);
        if (mostRatio > 0)
        {
            TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{makespan / calm:F2} x of the run without kills; at most {mostRatio:F2} is allowed"));
            Assert.That(makespan / calm, Is.LessThanOrEqualTo(mostRatio));
        }
    }

    /// <summary>Runs it, up to three times where no kill found a slave.</summary>
    private static TimeSpan Run(string transport, int commands, int microseconds, int slaves, int seed, TimeSpan interval)
    {
        for (var tries = 1; ; tries++)
        {
            var (makespan, kills) = RunOnce(transport, commands, microseconds, slaves, seed, interval);
            if (kills > 0 || interval == TimeSpan.Zero || tries == 3)
            {
                Assert.That(kills > 0, Is.EqualTo(interval > TimeSpan.Zero), "A run without a kill proves nothing, unless none was asked for.");
                return makespan;
            }
        }
    }

    private static (TimeSpan Makespan, int Kills) RunOnce(string transport, int commands, int microseconds, int slaves, int seed, TimeSpan interval)
    {
        // Kills that come faster than slaves on a busy machine may hit one after the other before it has begun: that is what the limit on restarts is for, and not what is tested.
        var settings = new Dictionary<string, string> { ["process.transport"] = transport };
        if (interval < TimeSpan.FromSeconds(1))
        {
            settings["process.max-restarts"] = "1000";
        }

        var applied = new int[commands];
        using var processor = Processor.Load("process", new ProcessorOptions
        {
            Slaves = slaves,
            MaxAttempts = 1000, // Chance may hit the same command again and again; what is tested is the count.
            ShowOutput = false,
            Settings = settings,
        });
        TimeSpan makespan;
        var clock = Stopwatch.StartNew();
        var killer = new SlaveKiller(processor, seed, interval);
        using (killer)
        {
            processor.RunQueue(Enumerable.Range(0, commands).Select(number => new SpinCommand(number, microseconds)), (index, number) =>
            {
                Assert.That(number, Is.EqualTo(index), "The value of this command and of no other.");
                applied[number]++;
            });
            makespan = clock.Elapsed;
        }

        var kills = killer.Kills; // None comes any more.
        var done = processor.Statistics.Done;
        var patience = Stopwatch.StartNew();
        while (kills > 0 && processor.Statistics.SlavesLost == 0 && patience.Elapsed < TimeSpan.FromSeconds(20))
        {
            processor.Execute(new NapCommand(0, 10)); // The one kill may have come at the very end: somebody drives until the loss is seen.
        }

        var statistics = processor.Statistics;
        TestContext.Progress.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kills} kills, {statistics.SlavesLost} slaves lost, {statistics.Retried} executions repeated, {makespan.TotalSeconds:F1} s: {makespan.TotalSeconds / ((double)commands * microseconds / 1e6 / slaves):F2} x of the work divided by the slaves"));
        Assert.That(applied.Count(times => times == 0), Is.Zero, $"Results that never came; seed {seed}.");
        Assert.That(applied.Count(times => times > 1), Is.Zero, $"Results applied more than once; seed {seed}.");
        Assert.That(done, Is.EqualTo(commands));
        Assert.That(statistics.SlavesLost > 0, Is.EqualTo(kills > 0));
        return (makespan, kills);
    }

    private static int Setting(string name, int standard) =>
        Environment.GetEnvironmentVariable("HPCRUNTIME_CHAOS_" + name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : standard;
}
