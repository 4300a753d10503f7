using System.Collections.Generic;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Bench;

/// <summary>One thing to measure. A result that is not right ends the benchmark: no figure is printed for it.</summary>
internal abstract class Workload
{
    /// <summary>Its name, such as W1.</summary>
    internal abstract string Name { get; }

    /// <summary>Whether no-op commands run before, so that every slave is up and its code compiled once.</summary>
    internal virtual bool WarmsUp => true;

    /// <summary>Prepares, runs and checks one repetition. Times nothing but what <see cref="Stage.Time"/> is given.</summary>
    internal abstract Measurement Run(Processor processor, Stage stage);
}

/// <summary>One repetition's figures.</summary>
/// <param name="Tasks">Commands run.</param>
/// <param name="Payload">Bytes one way for each.</param>
/// <param name="Seconds">Wall time of the timed part.</param>
/// <param name="Before">What the run had used when the timed part began.</param>
/// <param name="After">And when it ended.</param>
internal sealed record Measurement(int Tasks, long Payload, double Seconds, ResourceUse Before, ResourceUse After)
{
    /// <summary>MiB moved in and out; null where the workload moves none to speak of.</summary>
    internal double? Mebibytes { get; init; }

    /// <summary>What only this workload tells, in order.</summary>
    internal IReadOnlyList<(string Name, object Value)> More { get; init; } = [];
}
