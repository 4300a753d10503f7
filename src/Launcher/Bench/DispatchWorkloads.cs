using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Bench;

/// <summary>W1: no-op commands, an int there and back.</summary>
internal sealed class NoOpWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W1";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var count = stage.TasksOr(10_000);
        var values = new int[count];
        var before = Commands(processor);
        var measured = stage.Time(count, 8, () => processor.RunQueue(Enumerable.Range(0, count).Select(i => new NoOp(i)), (place, value) => values[place] = value));
        Stage.Check(values.Select((value, place) => value == place).All(right => right), "a no-op command did not bring its number back");
        var least = Commands(processor).Zip(before, (after, earlier) => after - earlier).Min();
        return measured with { More = [("least_share", Math.Round(least / (double)count, 3))] };
    }

    private static long[] Commands(Processor processor) => [.. processor.Statistics.Slaves.Select(slave => slave.Commands)];
}

/// <summary>W2: one no-op command at a time, each trip timed.</summary>
internal sealed class RoundTripWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W2";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var trips = new double[stage.TasksOr(2000)];
        var measured = stage.Time(trips.Length, 8, () =>
        {
            for (var i = 0; i < trips.Length; i++)
            {
                trips[i] = Trip(processor, i);
            }
        });
        return measured with { More = Percentiles(trips) };
    }

    /// <summary>Microseconds there and back.</summary>
    internal static double Trip(Processor processor, int number)
    {
        var start = Stopwatch.GetTimestamp();
        var value = processor.Execute(new NoOp(number));
        var microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        Stage.Check(value == number, "a no-op command did not bring its number back");
        return microseconds;
    }

    /// <summary>What is told of many trips. Sorts them.</summary>
    internal static IReadOnlyList<(string Name, object Value)> Percentiles(double[] trips)
    {
        Array.Sort(trips);
        return
        [
            ("p50_us", Math.Round(Percentile(trips, 0.5), 2)),
            ("p99_us", Math.Round(Percentile(trips, 0.99), 2)),
            ("max_us", Math.Round(trips[^1], 2)),
        ];
    }

    private static double Percentile(double[] sorted, double part) => sorted[Math.Min(sorted.Length - 1, (int)(part * sorted.Length))];
}

/// <summary>W4: 400 commands of very different length.</summary>
internal sealed class UnevenWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "W4";

    /// <summary>Microseconds of busy waiting, in order: Pareto distributed (shape 1.3, cut at 60 times the least) from a linear congruential generator, scaled to 20 s in all.</summary>
    internal static int[] Durations()
    {
        const int Count = 400;
        var state = 20240607UL;
        var raw = new double[Count];
        for (var i = 0; i < Count; i++)
        {
            state = unchecked((6364136223846793005UL * state) + 1442695040888963407UL);
            var uniform = ((state >> 11) + 1) / 9007199254740992.0;
            raw[i] = Math.Min(Math.Pow(uniform, -1 / 1.3), 60);
        }

        var scale = 20e6 / raw.Sum();
        return [.. raw.Select(value => (int)Math.Round(value * scale, MidpointRounding.ToEven))];
    }

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var durations = Durations();
        var values = new int[durations.Length];
        var measured = stage.Time(durations.Length, 8, () => processor.RunQueue(durations.Select(duration => new SpinFor(duration)), (place, value) => values[place] = value));
        Stage.Check(values.SequenceEqual(durations), "a command did not return its duration");
        var sum = durations.Sum() / 1e6;
        return measured with { More = [("sum_s", Math.Round(sum, 6)), ("efficiency", Math.Round(sum / stage.Slaves / measured.Seconds, 4))] };
    }
}
