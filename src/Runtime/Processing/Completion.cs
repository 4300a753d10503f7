using System;
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

/// <summary>Ends a future. Continuations run on the pool, never on the thread that drives the loop.</summary>
internal sealed class FutureCompletion(Processor processor) : Completion
{
    private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the command has; never fails.</summary>
    internal Task Ended => _source.Task;

    /// <summary>The task that the caller was given; null where failures are values.</summary>
    internal Task? Future { get; set; }

    internal CancellationTokenRegistration Registration { get; set; }

    /// <summary>What a result command threw on the master; null when none did.</summary>
    internal Exception? HandlerError { get; private set; }

    internal override void Complete(CommandEntry entry)
    {
        if (entry.Results is null && entry.Value is not ResultCommand)
        {
            Finish(entry);
        }
        else
        {
            // Result commands are user code: they run on the pool, one after the other, before the future ends.
            processor.ApplyInBackground(entry, error =>
            {
                HandlerError = error;
                Finish(entry);
            });
        }
    }

    private void Finish(CommandEntry entry)
    {
        // Not Dispose: that would wait for a cancellation callback which may be waiting for this very thread.
        Registration.Unregister();
        if (Future is not null && (HandlerError is not null || entry.Status is not (CommandStatus.Done or CommandStatus.Cancelled)))
        {
            processor.Futures.Watch(Future, entry.Status == CommandStatus.Lost);
        }

        _source.SetResult();
    }
}

/// <summary>Lets the thread that called <c>Execute</c> see that its command has ended.</summary>
internal sealed class WaitCompletion : Completion, IDisposable
{
    private readonly ManualResetEventSlim _event = new(false);

    internal bool HasEnded => _event.IsSet;

    public void Dispose() => _event.Dispose();

    internal override void Complete(CommandEntry entry) => _event.Set();

    /// <summary>Waits while another thread drives the loop.</summary>
    internal void Wait(TimeSpan most) => _event.Wait(most);
}
