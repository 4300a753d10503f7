using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
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
    private readonly Dictionary<Type, CommandKind> _kinds = [];
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
            var type = command.GetType();
            if (!_kinds.TryGetValue(type, out var kind))
            {
                _kinds.Add(type, kind = new CommandKind(type));
            }

            var entry = new CommandEntry(++_lastId, kind, _snapshots.WrittenSpan.ToArray(), _snapshots.BlockCount == 0 ? null : _snapshots.Blocks.ToArray(), memo, options, _epoch);
            _epoch.Enter();
            if (entry.Blocks is not null && OptionChecks.ChecksLent(Options))
            {
                entry.LentChecksums = LentChecksum.Of(entry.Blocks);
            }

            if (stage)
            {
                _staged.Add(entry);
            }

            return entry;
        }
    }

    private void RunQueue(IEnumerator<CommandEntry>? source, CancellationToken cancellation)
    {
        ThrowIfUnusable(nameof(RunQueue));
        var run = new QueueRun(Interlocked.Increment(ref _runs));
        if (Interlocked.CompareExchange(ref _run, run, null) is not null)
        {
            throw new InvalidOperationException("RunQueue was called while a run is under way. Inside a result command or memo, queue more with AddToQueue: the run takes it in.");
        }

        _runThread = Thread.CurrentThread;
        using var registration = cancellation.Register(() => Cancel("its cancellation token was cancelled"));
        try
        {
            DriveRun(run, source);
        }
        finally
        {
            _run = null;
            _runThread = null;
            CancelStaged();
        }

        ThrowFailures(run, cancellation);
    }

    private void DriveRun(QueueRun run, IEnumerator<CommandEntry>? source)
    {
        var mouthful = new List<CommandEntry>();
        var ready = new ArrayDeque<CommandEntry>(64);
        var exhausted = source is null;
        while (true)
        {
            ThrowIfFaulted();
            if (!exhausted && !run.Stopping && _loop.Waiting + mouthful.Count < _loop.LowWater)
            {
                exhausted = !Read(run, source!, mouthful);
            }

            var hungry = !exhausted && !run.Stopping && _loop.Waiting < _loop.LowWater;
            if (Turn(run, mouthful, ready, hungry))
            {
                if (exhausted || run.Stopping)
                {
                    return;
                }
            }

            Apply(run, ready);
        }
    }

    /// <summary>Reads a mouthful of the lazy input; false at its end. What the input throws ends the run.</summary>
    private static bool Read(QueueRun run, IEnumerator<CommandEntry> source, List<CommandEntry> mouthful)
    {
        try
        {
            while (mouthful.Count < Mouthful)
            {
                if (!source.MoveNext())
                {
                    return false;
                }

                mouthful.Add(source.Current);
            }

            return true;
        }
        catch (Exception thrown)
        {
            // The caller's own input failed: what is under way is drained, then the caller gets it back.
            run.SourceError = ExceptionDispatchInfo.Capture(thrown);
            return false;
        }
    }

    /// <summary>One turn with the baton: takes new commands in, drives until something came home. True when nothing of the run is left.</summary>
    private bool Turn(QueueRun run, List<CommandEntry> mouthful, ArrayDeque<CommandEntry> ready, bool hungry)
    {
        if (!_baton.TryEnter())
        {
            // Another thread executes a command of its own and drives for us meanwhile.
            run.WaitForChange(TimeSpan.FromMilliseconds(10));
            if (!_baton.TryEnter())
            {
                return false;
            }
        }

        try
        {
            _loop.Turn();
            TakeIn(run, mouthful);
            if (run.SourceError is not null || run.HandlerFailed(Options.ErrorPolicy))
            {
                _loop.StopRun(run, StopReason.Draining);
            }

            while (run.Ready.Count == 0 && run.Outstanding > 0 && !HasStaged())
            {
                if (run.IsOverdue(Stopwatch.GetTimestamp()))
                {
                    _loop.Abandon(run, run.CancelReason!);
                    break;
                }

                _loop.Step(run.CancelReason is null ? hungry ? TimeSpan.Zero : Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(20));
                if (hungry)
                {
                    break;
                }
            }

            while (run.Ready.Count > 0)
            {
                ready.AddLast(run.Ready.RemoveFirst());
            }

            return run.Outstanding == 0 && ready.Count == 0 && !HasStaged();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            Fail(fault);
            throw;
        }
        finally
        {
            _baton.Exit();
        }
    }

    private bool HasStaged()
    {
        lock (_queueGate)
        {
            return _staged.Count > 0;
        }
    }

    private void TakeIn(QueueRun run, List<CommandEntry> mouthful)
    {
        List<CommandEntry> staged;
        lock (_queueGate)
        {
            staged = _staged;
            _staged = [];
        }

        if (staged.Count > 0 && Options.Chunking == Chunking.Static && !run.Stopping)
        {
            staged.ForEach(entry => Enter(run, entry));
            _loop.EnqueueStatic(staged);
        }
        else
        {
            staged.ForEach(entry => Enqueue(run, entry));
        }

        mouthful.ForEach(entry => Enqueue(run, entry));
        mouthful.Clear();
    }

    private static void Enter(QueueRun run, CommandEntry entry)
    {
        entry.Run = run;
        entry.Index = run.NextIndex++;
        run.Outstanding++;
    }

    private void Enqueue(QueueRun run, CommandEntry entry)
    {
        Enter(run, entry);
        if (run.Stopping)
        {
            _loop.End(entry, CommandStatus.Queued, CommandStatus.Cancelled, new CommandCancelledException(entry, "the run had ended before it was handed out"));
        }
        else
        {
            _loop.Enqueue(entry);
        }
    }

    /// <summary>Applies what came home, without the baton: the pump drives meanwhile.</summary>
    private void Apply(QueueRun run, ArrayDeque<CommandEntry> ready)
    {
        while (ready.Count > 0)
        {
            var entry = ready.RemoveFirst();
            try
            {
                ResultDelivery.Deliver(this, entry);
            }
            catch (Exception thrown)
            {
                // The caller's own code failed; it gets its exception back from RunQueue once the run is drained.
                run.AddHandlerError(thrown);
            }
        }
    }

    private void CancelStaged()
    {
        List<CommandEntry> staged;
        lock (_queueGate)
        {
            staged = _staged;
            _staged = [];
        }

        foreach (var entry in staged)
        {
            // Left over only when the loop itself failed.
            entry.Move(CommandStatus.Queued, CommandStatus.Cancelled);
        }
    }

    private void ThrowFailures(QueueRun run, CancellationToken cancellation)
    {
        run.SourceError?.Throw();
        if (run.CancelReason is { } reason)
        {
            throw new OperationCanceledException($"The run was cancelled: {reason}.", cancellation.IsCancellationRequested ? cancellation : default);
        }

        if (run.Failures.Count == 0)
        {
            return;
        }

        if (Options.ErrorPolicy == ErrorPolicy.Continue)
        {
            throw new AggregateException($"{run.Failures.Count} of {run.NextIndex} commands failed.", run.Failures);
        }

        ExceptionDispatchInfo.Throw(run.Failures[0]);
    }
}
