using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Queue commands, then run the queue.</content>
public sealed partial class Processor
{
    /// <summary>Commands read from a lazy input before what has come home is looked at again.</summary>
    private const int Mouthful = 512;

    private readonly object _queueGate = new(); // Guards the four below: any thread may queue.
    private readonly WireWriter _snapshots;
    private readonly Dictionary<object, CommandKind> _kinds = [];
    private List<CommandEntry> _staged = [];
    private DataEpoch _epoch = new(0);
    private long _lastId;
    private long _runs;
    private volatile QueueRun? _run;
    private Thread? _runThread;

    /// <summary>Commands queued for the next <see cref="RunQueue(CancellationToken)"/>, or waiting in the one under way.</summary>
    public int QueuedCount
    {
        get
        {
            lock (_queueGate)
            {
                return _staged.Count + (_run is null ? 0 : _loop.Waiting);
            }
        }
    }

    /// <summary>Queues a command for the next <see cref="RunQueue(CancellationToken)"/>, or into the one under way. It is snapshotted now: later changes to the object are not seen.</summary>
    /// <param name="command">The work.</param>
    /// <param name="memo">What stays here for its results; null for nothing.</param>
    /// <param name="options">Priority, timeout, label, attempts; null for the defaults.</param>
    /// <returns>How the command stands, from now on.</returns>
    /// <exception cref="WireTypeException">Something in the command cannot travel; the message names the path to it.</exception>
    public ICommandInfo AddToQueue(SlaveCommand command, Memo? memo = null, CommandOptions? options = null)
    {
        ThrowIfUnusable(nameof(AddToQueue));
        var entry = MakeEntry(command, memo, options, stage: true);
        if (_run is not null && _runThread != Thread.CurrentThread)
        {
            _communicator.Wake(); // The run under way takes it in.
        }

        return entry;
    }

    /// <summary>Queues a command whose value is handed to <paramref name="onValue"/> on the thread that runs the queue.</summary>
    public ICommandInfo AddToQueue<T>(SlaveCommand<T> command, Action<T> onValue, CommandOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(onValue);
        return AddToQueue(command, new ActionMemo<T>(onValue), options);
    }

    /// <summary>Runs everything queued and blocks until the last command has ended and every result was applied, on this thread.</summary>
    /// <exception cref="SlaveCommandException">A command failed, under <see cref="ErrorPolicy.FailFast"/>. Likewise <see cref="SlaveLostException"/>, <see cref="CommandTimeoutException"/>, and what a result command threw.</exception>
    /// <exception cref="AggregateException">Commands failed, under <see cref="ErrorPolicy.Continue"/>: all of them.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, by the token or by <see cref="Cancel"/>.</exception>
    /// <exception cref="InvalidOperationException">A run is under way already: a result command queues more with AddToQueue instead.</exception>
    public void RunQueue(CancellationToken cancellation = default) => RunQueue(null, cancellation);

    /// <summary>Runs what is queued and then <paramref name="commands"/>, which are read on this thread, only as far ahead as keeps the slaves busy.</summary>
    /// <param name="commands">Lazy, long or endless.</param>
    /// <param name="memo">Makes the memo of each command; null for none.</param>
    /// <param name="cancellation">Ends the run.</param>
    public void RunQueue(IEnumerable<SlaveCommand> commands, Func<SlaveCommand, Memo?>? memo = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(commands);
        using var source = Entries(commands, memo ?? (static _ => null)).GetEnumerator();
        RunQueue(source, cancellation);
    }

    /// <summary>Runs <paramref name="commands"/>, read lazily, and hands each value with its place in the input to <paramref name="onValue"/> on this thread, as they come.</summary>
    public void RunQueue<T>(IEnumerable<SlaveCommand<T>> commands, Action<long, T> onValue, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(commands);
        ArgumentNullException.ThrowIfNull(onValue);
        var place = 0L;
        using var source = Entries(commands, _ => new PlaceMemo<T>(onValue, place++)).GetEnumerator();
        RunQueue(source, cancellation);
    }

    private RandomKey KeyOf(CommandEntry entry) => entry.RandomKey ?? RandomKey.Of(Options.Seed, entry.Run?.Number ?? 0, entry.Index);

    private IEnumerable<CommandEntry> Entries(IEnumerable<SlaveCommand> commands, Func<SlaveCommand, Memo?> memo)
    {
        foreach (var command in commands)
        {
            yield return MakeEntry(command, memo(command), null, stage: false);
        }
    }

    private CommandEntry MakeEntry(SlaveCommand command, Memo? memo, CommandOptions? options, bool stage)
    {
        ArgumentNullException.ThrowIfNull(command);
        OptionChecks.Check(options);
        lock (_queueGate)
        {
            _snapshots.Clear();
            _serializer.Write(_snapshots, command);
            var key = command.KindKey;
            if (!_kinds.TryGetValue(key, out var kind))
            {
                _kinds.Add(key, kind = new CommandKind(command.KindLabel));
            }

            var entry = new CommandEntry(++_lastId, kind, _snapshots.WrittenSpan.ToArray(), _snapshots.BlockCount == 0 ? null : _snapshots.Blocks.ToArray(), memo, options, _epoch, Stopwatch.GetTimestamp());
            _epoch.Enter();
            Telemetry.Queued();
            if (entry.Blocks is not null && OptionChecks.ChecksLent(Options))
            {
                entry.LentChecksums = LentChecksum.Of(entry.Blocks);
            }

            if (stage)
            {
                if (ResultDelivery.Applying is { } parent)
                {
                    // Results are applied in the order they arrive: the stream must follow from the parent, not from its turn.
                    entry.RandomKey = KeyOf(parent).Child(parent.Children++);
                }

                _staged.Add(entry);
            }

            return entry;
        }
    }
}
