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
    private readonly object _applyGate = new(); // Result commands of futures run one at a time.
    private long _submissions = -1;

    /// <summary>Starts a command now; the task ends when it has. Nobody need wait for it. From any thread.</summary>
    /// <param name="command">The work; snapshotted now.</param>
    /// <param name="options">Priority, timeout, label, attempts.</param>
    /// <param name="cancellation">Cancels the command: at once while it waits, through its own token while it runs.</param>
    /// <exception cref="WireTypeException">Something in the command cannot travel.</exception>
    public Task Submit(SlaveCommand command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        Start(command, options, static (completion, entry) => AwaitEnd(completion, entry), cancellation);

    /// <summary>Starts a command now; the task brings its value.</summary>
    public Task<T> Submit<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        (Task<T>)Start(command, options, static (completion, entry) => AwaitValue<T>(completion, entry), cancellation);

    /// <summary>Starts a command now; the task never fails: it brings whatever became of the command, with its output.</summary>
    public Task<Outcome<T>> SubmitForOutcome<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) =>
        (Task<Outcome<T>>)Start(command, options, static (completion, entry) => AwaitOutcome<T>(completion, entry), cancellation, failuresAreValues: true);

    /// <summary>Runs one command and waits for it on this thread: the shortest way there and back.</summary>
    public void Execute(SlaveCommand command, CommandOptions? options = null, CancellationToken cancellation = default) => ExecuteEntry(command, options, cancellation);

    /// <summary>Runs one command and waits for its value on this thread.</summary>
    public T Execute<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) => ValueOf<T>(ExecuteEntry(command, options, cancellation));

    /// <summary>Runs a command once on every slave that is up, and returns the values by rank.</summary>
    public IReadOnlyDictionary<int, T> ExecuteOnEverySlave<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        ThrowIfUnusable(nameof(ExecuteOnEverySlave));
        var futures = new SortedDictionary<int, Task<T>>();
        var entries = new List<CommandEntry>();
        foreach (var rank in ReadyRanks())
        {
            futures.Add(rank, (Task<T>)Start(command, options, (completion, entry) =>
            {
                entries.Add(entry);
                return AwaitValue<T>(completion, entry);
            }, cancellation, rank: rank));
        }

        DriveUntilEnded(entries);

        var values = new SortedDictionary<int, T>();
        foreach (var (rank, future) in futures)
        {
            values.Add(rank, future.GetAwaiter().GetResult());
        }

        return values;
    }

    /// <summary>Applies a future's result commands on the pool, one future at a time; hands on what they threw.</summary>
    internal void ApplyInBackground(CommandEntry entry, Action<Exception?> then) => ThreadPool.UnsafeQueueUserWorkItem(
        _ =>
        {
            Exception? error = null;
            lock (_applyGate)
            {
                try
                {
                    ResultDelivery.Deliver(this, entry);
                }
                catch (Exception thrown)
                {
                    // The caller's own code: its future fails with it.
                    error = thrown;
                }
            }

            then(error);
        },
        null);

    private static async Task AwaitEnd(FutureCompletion completion, CommandEntry entry)
    {
        await completion.Ended.ConfigureAwait(false);
        ThrowIfBad(completion, entry);
    }

    private static async Task<T> AwaitValue<T>(FutureCompletion completion, CommandEntry entry)
    {
        await completion.Ended.ConfigureAwait(false);
        ThrowIfBad(completion, entry);
        return ValueOf<T>(entry);
    }

    private static async Task<Outcome<T>> AwaitOutcome<T>(FutureCompletion completion, CommandEntry entry)
    {
        await completion.Ended.ConfigureAwait(false);
        var error = completion.HandlerError ?? entry.Error;
        return new Outcome<T>(entry, error is null ? ValueOf<T>(entry) : default, error);
    }

    private static void ThrowIfBad(FutureCompletion completion, CommandEntry entry)
    {
        if ((completion.HandlerError ?? entry.Error) is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    private static T ValueOf<T>(CommandEntry entry) => (T)entry.Value!;

    private Task Start(SlaveCommand command, CommandOptions? options, Func<FutureCompletion, CommandEntry, Task> future, CancellationToken cancellation, bool failuresAreValues = false, int rank = 0)
    {
        ThrowIfUnusable(nameof(Submit));
        var completion = new FutureCompletion(this);
        var entry = MakeEntry(command, completion, options, stage: false);
        entry.Index = Interlocked.Increment(ref _submissions);
        if (rank > 0)
        {
            entry.PinnedRank = rank;
        }

        var task = future(completion, entry);
        completion.Future = failuresAreValues ? null : task;
        if (cancellation.CanBeCanceled)
        {
            completion.Registration = cancellation.UnsafeRegister(_ => CancelEntry(entry), null);
        }

        if (entry.Status == CommandStatus.Queued)
        {
            _loop.Post(loop => loop.Enqueue(entry));
        }

        return task;
    }

    private void CancelEntry(CommandEntry entry)
    {
        var error = new CommandCancelledException(entry, "its cancellation token was cancelled");
        if (entry.Status == CommandStatus.Queued)
        {
            // The dispatcher may take it this very moment: whoever moves the status first decides.
            entry.Error = error;
            if (entry.Move(CommandStatus.Queued, CommandStatus.Cancelled))
            {
                _loop.SettleElsewhere(entry);
                return;
            }
        }

        _loop.Post(loop => loop.CancelSent(entry));
        StopInLine(CancelScope.Command, entry.Id, StopReason.Cancelled);
    }

    private CommandEntry ExecuteEntry(SlaveCommand command, CommandOptions? options, CancellationToken cancellation)
    {
        ThrowIfUnusable(nameof(Execute));
        cancellation.ThrowIfCancellationRequested();
        using var completion = new WaitCompletion();
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
            lock (_applyGate)
            {
                ResultDelivery.Deliver(this, entry);
            }
        }

        return entry;
    }

    private void DriveUntilEnded(WaitCompletion completion, CommandEntry entry)
    {
        var queued = false;
        while (!completion.HasEnded)
        {
            ThrowIfFaulted();
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
                    _loop.Step(Timeout.InfiniteTimeSpan);
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

    /// <summary>Drives on this thread, where in line the commands then run, for a debugger to follow. Returns at once when another caller drives.</summary>
    private void DriveUntilEnded(List<CommandEntry> entries)
    {
        if (!_baton.TryEnter())
        {
            return;
        }

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
        finally
        {
            _baton.Exit();
        }
    }

    private int[] ReadyRanks()
    {
        int[] ranks = [];
        Drive(loop => ranks = loop.ReadyRanks());
        return ranks;
    }
}
