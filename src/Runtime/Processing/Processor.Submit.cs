using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Futures, and one command at a time.</content>
public sealed partial class Processor
{
    private long _submissions = -1;

    /// <summary>Starts a command now; the task ends when it has. Nobody need wait for it. From any thread.</summary>
    /// <param name="command">The work; snapshotted now.</param>
    /// <param name="options">Priority, timeout, label, attempts.</param>
    /// <param name="cancellation">Cancels the command: at once while it waits, through its own token while it runs.</param>
    /// <exception cref="WireTypeException">Something in the command cannot travel.</exception>
    public Task Submit(SlaveCommand command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        Start(command, options, new FutureCompletion<object?>(this, static (_, error) => error is null ? null : throw error, failuresAreValues: false), cancellation);

    /// <summary>Starts a command now; the task brings its value.</summary>
    public Task<T> Submit<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        Start(command, options, new FutureCompletion<T>(this, ValueOf<T>, failuresAreValues: false), cancellation);

    /// <summary>Starts a command now; the task never fails: it brings whatever became of the command, with its output.</summary>
    public Task<Outcome<T>> SubmitForOutcome<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        Start(command, options, new FutureCompletion<Outcome<T>>(this, static (entry, error) => new Outcome<T>(entry, error is null ? (T)entry.Value! : default, error), failuresAreValues: true), cancellation);

    /// <summary>Runs one command and waits for it on this thread: the shortest way there and back.</summary>
    public void Execute(SlaveCommand command, CommandOptions? options = null, CancellationToken cancellation = default) => ExecuteEntry(command, options, cancellation);

    /// <summary>Runs one command and waits for its value on this thread.</summary>
    public T Execute<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) => ValueOf<T>(ExecuteEntry(command, options, cancellation), null);

    /// <summary>Runs a command once on every slave that is up, and returns the values by rank.</summary>
    public IReadOnlyDictionary<int, T> ExecuteOnEverySlave<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        ThrowIfUnusable(nameof(ExecuteOnEverySlave));
        var futures = new SortedDictionary<int, Task<Outcome<T>>>();
        var entries = new List<CommandEntry>();
        var ranks = ReadyRanks();
        var drives = RunsInLine && _baton.TryEnter(); // Before anything is queued, so that the commands run on this thread, for a debugger to follow; elsewhere the first leaves while the second is encoded.
        try
        {
            foreach (var rank in ranks)
            {
                var completion = new FutureCompletion<Outcome<T>>(this, static (entry, error) => new Outcome<T>(entry, error is null ? (T)entry.Value! : default, error), failuresAreValues: true);
                futures.Add(rank, Start(command, options, completion, cancellation, rank));
                entries.Add(completion.Entry!);
            }

            if (drives || (drives = _baton.TryEnter()))
            {
                StepUntilEnded(entries);
            }
        }
        finally
        {
            if (drives)
            {
                _baton.Exit();
            }
        }

        // All are waited for, so that nothing of this call is still under way when it throws.
        var values = new SortedDictionary<int, T>();
        Exception? first = null;
        foreach (var (rank, future) in futures)
        {
            var outcome = future.GetAwaiter().GetResult();
            first ??= outcome.Error;
            if (outcome.IsDone)
            {
                values.Add(rank, outcome.Value);
            }
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }

        return values;
    }

    /// <summary>Applies a future's result commands on the pool, also several futures' at a time: each may wait for others. Hands on what they threw.</summary>
    internal void ApplyInBackground(CommandEntry entry, Action<Exception?> then) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            Exception? error = null;
            try
            {
                ResultDelivery.Deliver(this, entry);
            }
            catch (Exception thrown)
            {
                // The caller's own code: its future fails with it.
                error = thrown;
            }

            then(error);
        },
        null);

    internal static T ValueOf<T>(CommandEntry entry, Exception? error)
    {
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        return (T)entry.Value!;
    }

    internal Task<T> Start<T>(SlaveCommand command, CommandOptions? options, FutureCompletion<T> completion, CancellationToken cancellation, int rank = 0)
    {
        ThrowIfUnusable(nameof(Submit));
        var entry = MakeEntry(command, completion, options, stage: false);
        completion.Entry = entry;
        entry.Index = Interlocked.Increment(ref _submissions);
        if (rank > 0)
        {
            entry.PinnedRank = rank;
        }

        if (cancellation.CanBeCanceled)
        {
            completion.Registration = cancellation.UnsafeRegister(_ => CancelEntry(entry), null);
        }

        if (entry.Status == CommandStatus.Queued)
        {
            _loop.Post(loop => loop.Enqueue(entry));
            if (_finished)
            {
                CancelQueued(entry, "the processor was closed"); // Nobody may come by to take it in.
            }
        }

        return completion.Future;
    }

    internal void CancelEntry(CommandEntry entry, string reason = "its cancellation token was cancelled")
    {
        if (CancelQueued(entry, reason))
        {
            return;
        }

        entry.IsUnwanted = true;
        _loop.Post(loop => loop.CancelSent(entry));
        StopInLine(CancelScope.Command, entry.Id, StopReason.Cancelled);
    }

    /// <summary>Ends a command that still waits, on the calling thread. The dispatcher may take it this very moment: whoever moves the status first decides.</summary>
    internal bool CancelQueued(CommandEntry entry, string reason)
    {
        if (!entry.Move(CommandStatus.Queued, CommandStatus.Cancelled))
        {
            return false;
        }

        entry.Error = new CommandCancelledException(entry, reason);
        _loop.SettleElsewhere(entry);
        _communicator.Wake(); // The thread that executes it may be the one that waits there.
        return true;
    }

    private CommandEntry ExecuteEntry(SlaveCommand command, CommandOptions? options, CancellationToken cancellation)
    {
        ThrowIfUnusable(nameof(Execute));
        cancellation.ThrowIfCancellationRequested();
        var completion = new WaitCompletion();
        var entry = MakeEntry(command, completion, options, stage: false);
        entry.Index = Interlocked.Increment(ref _submissions);
        using var registration = cancellation.CanBeCanceled ? cancellation.UnsafeRegister(_ => CancelEntry(entry), null) : default;
        DriveUntilEnded(completion, entry);
        if (entry.Error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        if (entry.Results is not null || entry.Value is ResultCommand)
        {
            ResultDelivery.Deliver(this, entry);
        }

        return entry;
    }

    private void DriveUntilEnded(WaitCompletion completion, CommandEntry entry)
    {
        var queued = false;
        while (!completion.HasEnded)
        {
            ThrowIfFaulted();
            if (_finished && CancelQueued(entry, "the processor was closed"))
            {
                return;
            }

            if (!_baton.TryEnter())
            {
                if (!queued)
                {
                    queued = true;
                    _loop.Post(loop => loop.Enqueue(entry));
                }

                // Another caller drives; when it stops, the pump or this thread goes on.
                completion.Wait(TimeSpan.FromMilliseconds(10));
                continue;
            }

            try
            {
                if (!queued)
                {
                    queued = true;
                    _loop.Turn();
                    _loop.Enqueue(entry);
                }

                while (!completion.HasEnded)
                {
                    _loop.Step(Timeout.InfiniteTimeSpan, completion);
                }
            }
            catch (Exception fault)
            {
                Fail(fault);
                throw;
            }
            finally
            {
                _baton.Exit();
            }
        }
    }

    /// <summary>By the holder of the baton. Where another caller has it, that one drives.</summary>
    private void StepUntilEnded(List<CommandEntry> entries)
    {
        try
        {
            _loop.Turn();
            while (!entries.TrueForAll(static entry => entry.HasEnded))
            {
                _loop.Step(Timeout.InfiniteTimeSpan);
            }
        }
        catch (Exception fault)
        {
            Fail(fault);
            throw;
        }
    }

    private int[] ReadyRanks()
    {
        int[] ranks = [];
        Drive(loop => ranks = loop.ReadyRanks());
        return ranks;
    }
}
