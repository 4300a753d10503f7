using System;
using System.Collections.Generic;
using System.IO;
using HpcRuntime.Commands;
using Serilog;

namespace HpcRuntime.Processing;

/// <summary>What happens to the rest of a run once a command has not ended well.</summary>
public enum ErrorPolicy
{
    /// <summary>Stop handing out, let what runs end, throw the first failure.</summary>
    FailFast,

    /// <summary>Finish all, then throw an <see cref="AggregateException"/> of every failure.</summary>
    Continue,
}

/// <summary>Whether lines that slaves print are shown behind their rank.</summary>
public enum OutputPrefix
{
    /// <summary>Behind the rank at verbosity debug with more than one slave.</summary>
    Auto,

    /// <summary>Always behind the rank: <c>2  | text</c>, <c>2 E| text</c>.</summary>
    Rank,

    /// <summary>Never.</summary>
    None,
}

/// <summary>How commands travel together.</summary>
public enum Chunking
{
    /// <summary>Chunks grow and shrink with the measured duration of the commands.</summary>
    Adaptive,

    /// <summary>One command in each message, one message home for each.</summary>
    Each,

    /// <summary>The queue is cut once into slaves x <see cref="ProcessorOptions.Grain"/> chunks, as relax did: contiguous slices, the remainder dealt out one by one.</summary>
    Static,
}

/// <summary>How a processor behaves. Set before it is loaded; copied by it.</summary>
public sealed record ProcessorOptions
{
    /// <summary>How many slaves; 0 (the default) for what the machine allows.</summary>
    public int Slaves { get; init; }

    /// <summary>The seed of every random stream. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>What a failure does to the rest of a run. Default <see cref="ErrorPolicy.FailFast"/>.</summary>
    public ErrorPolicy ErrorPolicy { get; init; }

    /// <summary>Executions allowed for a command whose slaves are lost. Default 3.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The most time one attempt of a command may take; null (the default) for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long a command may go on after it was asked to stop, before its slave is ended. Default 2 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes that one command may print, both streams together. Default 1 GiB.</summary>
    public long MaxOutput { get; init; } = 1L << 30;

    /// <summary>Whether any loss of a slave makes the exit code 4, also when its commands were repeated well.</summary>
    public bool Strict { get; init; }

    /// <summary>Everything in line on the master, whatever the fabric. Default false.</summary>
    public bool Debug { get; init; }

    /// <summary>How commands travel together. Default <see cref="Chunking.Adaptive"/>.</summary>
    public Chunking Chunking { get; init; }

    /// <summary>Chunks for each slave under <see cref="Chunking.Static"/>. Default 1.</summary>
    public int Grain { get; init; } = 1;

    /// <summary>Whether lines are shown behind their rank. Default <see cref="OutputPrefix.Auto"/>, which an embedding program sees as none.</summary>
    public OutputPrefix Prefix { get; init; }

    /// <summary>Whether what slaves print is shown on the master as it comes. It is kept with the command in any case. Default true.</summary>
    public bool ShowOutput { get; init; } = true;

    /// <summary>Where what slaves print on standard output is shown; null for the console.</summary>
    public Stream? StandardOutput { get; init; }

    /// <summary>Where what slaves print on standard error is shown; null for the console.</summary>
    public Stream? StandardError { get; init; }

    /// <summary>Settings of fabrics and of the wire, by <c>fabric.key</c>, as given to <c>--set</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders in which further fabrics are looked for.</summary>
    public IReadOnlyList<string> BackendPath { get; init; } = [];

    /// <summary>Run on every slave before its first command.</summary>
    public IReadOnlyList<ISlaveStartup> Startups { get; init; } = [];

    /// <summary>Is told how many commands are done, failed, queued and running; null (the default) for nobody. Called on threads of the pool, one call at a time, never more often than <see cref="ProgressPeriod"/>;
    /// once more, when something is new, on the thread that disposes the processor. One that throws is told nothing more, and the log says so. A map's blocks count as commands; <see cref="DataParallel.MapOptions.Progress"/> counts its items.</summary>
    public IProgress<WorkProgress>? Progress { get; init; }

    /// <summary>The least time between two calls of <see cref="Progress"/>. Default 200 ms.</summary>
    public TimeSpan ProgressPeriod { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Is told what the processor does; null for nobody.</summary>
    internal IProcessorObserver? Observer { get; init; }

    /// <summary>Diagnostics. Default: none.</summary>
    public ILogger Logger { get; init; } = Serilog.Core.Logger.None;
}
