using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>One command on the master, from the queue to its outcome. Kept small: a million of them wait in memory.</summary>
internal sealed class CommandEntry : ICommandInfo
{
    private int _status;
    private volatile bool _unwanted;
    private Extras? _extras;

    internal CommandEntry(long id, CommandKind kind, byte[] snapshot, WireBlock[]? blocks, Memo? memo, CommandOptions? options, DataEpoch epoch, long queuedAt)
    {
        Id = id;
        Kind = kind;
        Snapshot = snapshot;
        Blocks = blocks;
        Memo = memo;
        Options = options;
        Epoch = epoch;
        QueuedAt = queuedAt;
    }

    public long Id { get; }

    public string Label => Options?.Label ?? Kind.Label;

    public int Rank { get; internal set; }

    /// <summary>Written by the holder of the baton; 0 before the first dispatch.</summary>
    public int Attempts { get; internal set; }

    public CommandStatus Status => (CommandStatus)Volatile.Read(ref _status);

    public TimeSpan Duration => TimeSpan.FromSeconds((double)DurationTicks / Stopwatch.Frequency);

    public CommandOutput Output => Stored ?? CommandOutput.Empty;

    internal CommandKind Kind { get; }

    /// <summary>The encoded command; null once it has ended.</summary>
    internal byte[]? Snapshot { get; private set; }

    internal WireBlock[]? Blocks { get; private set; }

    internal Memo? Memo { get; private set; }

    internal CommandOptions? Options { get; }

    internal DataEpoch Epoch { get; }

    internal QueueRun? Run { get; set; }

    internal long Index { get; set; }

    internal long QueuedAt { get; }

    internal long SentAt { get; set; }

    internal long DurationTicks { get; set; }

    internal StoredOutput? Stored { get; set; }

    internal int Priority => Options?.Priority ?? 0;

    /// <summary>The key of its random stream where that does not follow from run and place: a command queued by a handler.</summary>
    internal RandomKey? RandomKey
    {
        get => _extras?.RandomKey;
        set => (_extras ??= new Extras()).RandomKey = value;
    }

    /// <summary>Commands queued so far while its results were applied.</summary>
    internal int Children
    {
        get => _extras?.Children ?? 0;
        set => (_extras ??= new Extras()).Children = value;
    }

    /// <summary>The seat this command must run on; 0 for any.</summary>
    internal int PinnedRank
    {
        get => _extras?.PinnedRank ?? 0;
        set => (_extras ??= new Extras()).PinnedRank = value;
    }

    /// <summary>Attempts that ended with the loss of their slave.</summary>
    internal List<LostAttempt> LostAttempts => (_extras ??= new Extras()).LostAttempts ??= [];

    /// <summary>What the attempts before the present one had printed, in bytes of each stream.</summary>
    internal (long Out, long Error) PrintedBefore
    {
        get => _extras?.PrintedBefore ?? default;
        set => (_extras ??= new Extras()).PrintedBefore = value;
    }

    internal int LostCount => _extras?.LostAttempts?.Count ?? 0;

    /// <summary>Result commands that came home, in order; null for none.</summary>
    internal List<ResultCommand>? Results
    {
        get => _extras?.Results;
        set => (_extras ??= new Extras()).Results = value;
    }

    /// <summary>The value; meaningful when <see cref="Status"/> is <see cref="CommandStatus.Done"/>.</summary>
    internal object? Value { get; set; }

    /// <summary>Why it did not end well.</summary>
    internal Exception? Error
    {
        get => _extras?.Error;
        set => (_extras ??= new Extras()).Error = value;
    }

    /// <summary>Checksums of the lent arrays when they were queued; null unless they are checked.</summary>
    internal ulong[]? LentChecksums
    {
        get => _extras?.LentChecksums;
        set => (_extras ??= new Extras()).LentChecksums = value;
    }

    /// <summary>Set once its caller has cancelled it while it was on its way: it is not handed out again. From any thread.</summary>
    internal bool IsUnwanted
    {
        get => _unwanted;
        set => _unwanted = value;
    }

    internal bool HasEnded => Status >= CommandStatus.Done;

    /// <summary>From one status to another, if it is still the one; a cancelling thread and the dispatcher race here.</summary>
    internal bool Move(CommandStatus from, CommandStatus to) => Interlocked.CompareExchange(ref _status, (int)to, (int)from) == (int)from;

    /// <summary>Lets go of what only running needed.</summary>
    internal void DropPayload()
    {
        Snapshot = null;
        Blocks = null;
    }

    internal void DropMemo() => Memo = null;

    private sealed class Extras
    {
        internal int PinnedRank { get; set; }

        internal RandomKey? RandomKey { get; set; }

        internal int Children { get; set; }

        internal List<LostAttempt>? LostAttempts { get; set; }

        internal (long Out, long Error) PrintedBefore { get; set; }

        internal List<ResultCommand>? Results { get; set; }

        internal Exception? Error { get; set; }

        internal ulong[]? LentChecksums { get; set; }
    }
}
