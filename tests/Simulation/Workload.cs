using System;
using System.Diagnostics;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.Simulation;

/// <summary>How long commands differ from each other in length.</summary>
internal enum Spread
{
    /// <summary>All take the same.</summary>
    None,

    /// <summary>Uniform between a half and one and a half of the mean.</summary>
    Uniform,

    /// <summary>Exponential.</summary>
    Exponential,
}

/// <summary>The commands that are run. How long each takes depends on the seed and its place only: the same work for any number of slaves.</summary>
internal sealed record Workload
{
    internal long Commands { get; init; } = 1_000_000;

    /// <summary>Seconds of a command, in the mean.</summary>
    internal double Duration { get; init; } = 10e-3;

    internal Spread Spread { get; init; }

    internal long Seed { get; init; }

    internal Chunking Chunking { get; init; } = Chunking.Adaptive;

    /// <summary>Whether all commands are queued before the run; else they are read as they are needed.</summary>
    internal bool QueueFirst { get; init; }

    /// <summary>Ticks that the command at <paramref name="place"/> takes.</summary>
    internal long TicksOf(long place)
    {
        if (Spread == Spread.None)
        {
            return VirtualClock.Ticks(Duration);
        }

        var uniform = (RandomKey.Of(Seed, 1, place).Low >> 11) * (1.0 / (1UL << 53));
        var factor = Spread == Spread.Uniform ? 0.5 + uniform : -Math.Log(1 - uniform);
        return Math.Max(1, (long)(Duration * factor * Stopwatch.Frequency));
    }
}
