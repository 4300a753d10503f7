using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <summary>Waits for one command outside a run: it takes every outcome, not only a value.</summary>
internal abstract class Completion : Memo
{
    /// <summary>Called once by the thread that ended the command, which may hold the baton: must not run user code.</summary>
    internal abstract void Complete(CommandEntry entry);
}

/// <summary>What a future's task knows of its command: it is the task's <see cref="Task.AsyncState"/>, so that whoever has the task finds the command.</summary>
internal abstract class FutureCompletion(Processor processor) : Completion
{
    internal Processor Processor => processor;

    internal abstract Task Task { get; }

    /// <summary>The command it waits for; null before there is one.</summary>
    internal CommandEntry? Entry { get; set; }

    internal CancellationTokenRegistration Registration { get; set; }
}

/// <summary>Ends a future. Continuations run on the pool, never on the thread that drives the loop; threads that block on the future are let go at once.</summary>
internal sealed class FutureCompletion<T> : FutureCompletion
{
    private readonly TaskCompletionSource<T> _source;
    private readonly Func<CommandEntry, Exception?, T> _valueOf;
    private readonly bool _failuresAreValues;

    /// <param name="processor">Whose command it is.</param>
    /// <param name="valueOf">The future's value, given the command and why it failed; throws what the future is to fail with.</param>
    /// <param name="failuresAreValues">Whether a failure is the caller's to look at in the value.</param>
    internal FutureCompletion(Processor processor, Func<CommandEntry, Exception?, T> valueOf, bool failuresAreValues) : base(processor)
    {
        _source = new TaskCompletionSource<T>(this, TaskCreationOptions.RunContinuationsAsynchronously);
        _valueOf = valueOf;
        _failuresAreValues = failuresAreValues;
    }

    internal Task<T> Future => _source.Task;

    internal override Task Task => _source.Task;

    internal override void Complete(CommandEntry entry)
    {
        if (entry.Status != CommandStatus.Done || (entry.Results is null && entry.Value is not ResultCommand))
        {
            Finish(entry, entry.Error);
        }
        else
        {
            // Result commands are user code: they run on the pool, before the future ends.
            Processor.ApplyInBackground(entry, handlerError => Finish(entry, handlerError));
        }
    }

    private void Finish(CommandEntry entry, Exception? error)
    {
        // Not Dispose: that would wait for a cancellation callback which may be waiting for this very thread.
        Registration.Unregister();
        try
        {
            _source.SetResult(_valueOf(entry, error));
        }
        catch (OperationCanceledException cancelled) when (entry.Status == CommandStatus.Cancelled)
        {
            // Only a builder makes a task that is cancelled and keeps the exception, with what it says of the command.
            var builder = AsyncTaskMethodBuilder<T>.Create();
            builder.SetException(cancelled);
            _source.SetFromTask(builder.Task);
        }
        catch (Exception failed)
        {
            // The outcome of the command, or of a result command: it belongs to whoever awaits.
            if (!_failuresAreValues)
            {
                // Before it ends: whoever sees it ended may ask for the exit code at once.
                Processor.Futures.Watch(_source.Task, entry.Status == CommandStatus.Lost);
            }

            _source.SetException(failed);
        }
    }
}

/// <summary>Lets the thread that called <c>Execute</c> see that its command has ended.</summary>
internal sealed class WaitCompletion : Completion
{
    private volatile bool _ended;
    private volatile bool _waits;

    internal bool HasEnded => _ended;

    internal override void Complete(CommandEntry entry)
    {
        _ended = true;
        Interlocked.MemoryBarrier(); // Either this sees that a thread waits, or that thread sees the end.
        if (_waits)
        {
            lock (this)
            {
                Monitor.PulseAll(this);
            }
        }
    }

    /// <summary>Waits while another thread drives the loop.</summary>
    internal void Wait(TimeSpan most)
    {
        lock (this)
        {
            _waits = true;
            Interlocked.MemoryBarrier();
            if (!_ended)
            {
                Monitor.Wait(this, most);
            }
        }
    }
}
