using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Bench;

/// <summary>W6: from the launch (the variable BENCH_T0, seconds of the monotonic clock) to the first result, and until every slave has answered.</summary>
internal sealed class StartWorkload(double launched) : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W6";

    /// <inheritdoc/>
    internal override bool WarmsUp => false;

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        Stage.Check(processor.Execute(new NoOp(7)) == 7, "the first command did not bring its number back");
        var first = BenchMark.Clock - launched;
        var ranks = new HashSet<int>();
        for (var round = 0; round < 50 && ranks.Count < stage.Slaves; round++)
        {
            processor.RunQueue(Enumerable.Range(0, stage.Slaves).Select(_ => new RankAfter(10)), (_, rank) => ranks.Add(rank));
        }

        Stage.Check(ranks.Count == stage.Slaves, $"only {ranks.Count} of {stage.Slaves} slaves have answered");
        var all = BenchMark.Clock - launched;
        var use = stage.Tally.Now();
        return new Measurement(1, 0, first, new ResourceUse(0, 0, 0, 0, use.MachineSeconds, use.StealSeconds), use)
        {
            More = [("all_workers_s", Math.Round(all, 4)), ("distinct_pids", ranks.Count)],
        };
    }
}

/// <summary>W7: 1,000 commands print ten lines each; what the master was handed is compared with what they printed.</summary>
internal sealed class OutputWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W7";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var count = stage.TasksOr(1000);
        var expected = Enumerable.Range(0, count).Select(i => string.Concat(Enumerable.Range(0, 10).Select(line => PrintTen.Line(i, line)))).ToArray();
        var texts = new string[count];
        var commands = new Commands.ICommandInfo[count];
        var measured = stage.Time(count, expected[0].Length, () =>
        {
            for (var i = 0; i < count; i++)
            {
                commands[i] = processor.AddToQueue(new PrintTen(i));
            }

            processor.RunQueue();
            for (var i = 0; i < count; i++)
            {
                texts[i] = commands[i].Output.Out;
            }
        });
        Stage.Check(texts.SequenceEqual(expected), "what commands printed is not theirs, line by line and in order");
        return measured with { More = [("ordered", true), ("complete", true), ("emulated", false)] };
    }
}

/// <summary>W8: one command that sleeps 10 s: what does waiting cost? on_core_s is that of all processes of the run, by the scheduler's own count, on_core_most_s that of the one with most.</summary>
internal sealed class IdleWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W8";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        WarmUp(stage.Tally);
        var rank = 0;
        Dictionary<int, double> before = [], after = [];
        var measured = stage.Time(1, 8, () =>
        {
            before = stage.Tally.OnCore(); // Inside, so that what the other reading of /proc takes does not count: as much as all slaves.
            rank = processor.Execute(new RankAfter(10_000));
            after = stage.Tally.OnCore();
        });
        Stage.Check(rank >= 1 && rank <= stage.Slaves, $"the command that slept says it ran on rank {rank}");
        var onCore = after.Select(process => process.Value - before.GetValueOrDefault(process.Key)).ToArray();
        var used = measured.After.MasterSeconds - measured.Before.MasterSeconds + measured.After.OthersSeconds - measured.Before.OthersSeconds;
        return measured with { More = [("cpu_s", Math.Round(used, 3)), ("on_core_s", Math.Round(onCore.Sum(), 4)), ("on_core_most_s", Math.Round(onCore.Max(), 4))] };
    }

    /// <summary>What reads /proc for every process is compiled twice more by .NET, each time a moment after thirty calls: not in the time that is measured, most of which it would be.</summary>
    private static void WarmUp(ResourceTally tally)
    {
        for (var round = 0; round < 4; round++)
        {
            tally.OnCore();
            tally.Now();
            Thread.Sleep(300);
        }
    }
}
