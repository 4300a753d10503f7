using System;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>How one map is to be run. None of it changes the results.</summary>
public sealed record MapOptions
{
    /// <summary>Items that travel together in one block. Null (the default): as many as keep a slave busy for some milliseconds, which is measured; a block that turns out long gives its rest back.</summary>
    public int? ChunkSize { get; init; }

    /// <summary>Slaves that may work on this map at the same time; null (the default) for all.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Items of a lazy input that may be read before the results of earlier ones have been taken; null (the default) for some blocks for each slave.</summary>
    public int? Window { get; init; }

    /// <summary>Inputs known to have fewer items than this are worked on by the calling thread, at once. Default 0.</summary>
    public int SerialThreshold { get; init; }

    /// <summary>Whether everything is worked on by the calling thread, for the debugger. Functions and items are copied as if they travelled. Default false; <c>--debug</c> sets it for all.</summary>
    public bool Debug { get; init; }

    /// <summary>Higher goes first; FIFO within a priority. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>The most time one item may take; null for the processor's default. A block may take as many times that as it has items; one that takes longer is repeated item by item.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>A name for messages and logs, behind which the item's index stands; null for the function's name.</summary>
    public string? Label { get; init; }

    /// <summary>Executions allowed for an item whose slaves are lost; null for the processor's default.</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>Whether a reduction on the master sees results in input order; else (the default) as they arrive.</summary>
    public bool ReduceInOrder { get; init; }

    /// <summary>Is told how many items are done, failed, read and not yet sent out, and with slaves; null (the default) for nobody. Called on threads of the pool, one call at a time, never more often than
    /// <see cref="ProgressPeriod"/>; once more when the map has ended. One that throws is told nothing more, and the log says so. A lazy map that is enumerated again begins again; in a reduction on the slaves the items are blocks of the tree.</summary>
    public IProgress<WorkProgress>? Progress { get; init; }

    /// <summary>The least time between two calls of <see cref="Progress"/>. Default 200 ms.</summary>
    public TimeSpan ProgressPeriod { get; init; } = TimeSpan.FromMilliseconds(200);

    internal MapOptions Check()
    {
        Require(ChunkSize, nameof(ChunkSize));
        Require(MaxConcurrency, nameof(MaxConcurrency));
        Require(Window, nameof(Window));
        Require(MaxAttempts, nameof(MaxAttempts));
        ArgumentOutOfRangeException.ThrowIfNegative(SerialThreshold, nameof(SerialThreshold));
        ArgumentOutOfRangeException.ThrowIfLessThan(ProgressPeriod, TimeSpan.FromMilliseconds(1), nameof(ProgressPeriod));
        if (Timeout is { } timeout)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero, nameof(Timeout));
        }

        return this;
    }

    /// <summary>The options of a block of <paramref name="items"/>.</summary>
    internal CommandOptions? ForBlock(string label, int items, int attempts, TimeSpan? defaultTimeout) =>
        new() { Priority = Priority, Timeout = (Timeout ?? defaultTimeout) * items, Label = label, MaxAttempts = attempts == 0 ? MaxAttempts : attempts };

    private static void Require(int? value, string name)
    {
        if (value is { } given)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(given, 1, name);
        }
    }
}
