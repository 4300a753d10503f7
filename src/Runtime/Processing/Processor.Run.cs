using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <content>Running the queue: read, drive, apply.</content>
public sealed partial class Processor
{
    private void RunQueue(IEnumerator<CommandEntry>? source, CancellationToken cancellation)
    {
        ThrowIfUnusable(nameof(RunQueue));
        QueueRun run;
        lock (_queueGate)
        {
            if (_run is not null)
            {
                throw new InvalidOperationException("RunQueue was called while a run is under way. Inside a result command or memo, queue more with AddToQueue: the run takes it in.");
            }

            _run = run = new QueueRun(++_runs);
            _runThread = Thread.CurrentThread;
        }

        using var registration = cancellation.Register(() => CancelRun(run, "its cancellation token was cancelled"));
        try
        {
            DriveRun(run, source);
        }
        finally
        {
            _loop.MoreToCome = false;
            _runThread = null;
            _run = null;
        }

        ThrowFailures(run, cancellation);
    }

    private void CancelRun(QueueRun run, string reason)
    {
        run.Cancel(reason, CancelDeadline());
        _loop.Post(loop => loop.StopRun(run, StopReason.Cancelled));
        StopInLine(CancelScope.Run, run.Number, StopReason.Cancelled);
    }

    private void DriveRun(QueueRun run, IEnumerator<CommandEntry>? source)
    {
        var incoming = new List<CommandEntry>();
        var ready = new ArrayDeque<CommandEntry>(64);
        var exhausted = source is null;
        while (true)
        {
            ThrowIfFaulted();
            if (!exhausted && !run.Stopping && _loop.Waiting < _loop.LowWater)
            {
                exhausted = !Read(run, source!, incoming);
            }

            _loop.MoreToCome = !exhausted && !run.Stopping;
            var hungry = !exhausted && !run.Stopping && _loop.Waiting + incoming.Count < _loop.LowWater;
            if (Turn(run, incoming, ready, hungry) && (exhausted || run.Stopping))
            {
                return;
            }

            Apply(run, ready);
        }
    }

    /// <summary>Reads a mouthful of the lazy input; false at its end. What the input throws ends the run.</summary>
    private static bool Read(QueueRun run, IEnumerator<CommandEntry> source, List<CommandEntry> incoming)
    {
        try
        {
            for (var i = 0; i < Mouthful; i++)
            {
                if (!source.MoveNext())
                {
                    return false;
                }

                incoming.Add(source.Current);
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

    /// <summary>One turn: hands new commands in, drives until something came home. True when nothing of the run is left.</summary>
    private bool Turn(QueueRun run, List<CommandEntry> incoming, ArrayDeque<CommandEntry> ready, bool hungry)
    {
        if (!_baton.TryEnter())
        {
            // Another thread executes a command of its own: it drives for us meanwhile, and takes in what is posted.
            if (HasStaged() || incoming.Count > 0)
            {
                var handedOver = incoming.ToArray();
                incoming.Clear();
                _loop.Post(_ => TakeIn(run, handedOver));
            }

            StopIfFailed(run, stop => _loop.Post(loop => stop(loop)));
            run.WaitForNews(hungry ? TimeSpan.Zero : TimeSpan.FromMilliseconds(10));
            return run.TakeReady(ready) && !HasStaged();
        }

        try
        {
            _loop.Turn();
            TakeIn(run, incoming);
            incoming.Clear();
            StopIfFailed(run, stop => stop(_loop));
            DriveUntilNews(run, hungry);
            return run.TakeReady(ready) && !HasStaged();
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

    private void StopIfFailed(QueueRun run, Action<Action<MasterLoop>> atLoop)
    {
        if (run.SourceError is not null || run.HandlerFailed(Options.ErrorPolicy))
        {
            atLoop(loop => loop.StopRun(run, StopReason.Draining));
        }
    }

    private void DriveUntilNews(QueueRun run, bool hungry)
    {
        while (!run.HasNews && !HasStaged())
        {
            if (run.IsOverdue(Stopwatch.GetTimestamp()))
            {
                _loop.Abandon(run, run.CancelReason!);
                return;
            }

            var patience = hungry ? TimeSpan.Zero : run.CancelReason is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(20);
            _loop.Step(patience);
            if (hungry)
            {
                return;
            }
        }
    }

    private bool HasStaged()
    {
        lock (_queueGate)
        {
            return _staged.Count > 0;
        }
    }

    /// <summary>Takes staged and lazily read commands into the run. By the holder of the baton.</summary>
    private void TakeIn(QueueRun run, IReadOnlyList<CommandEntry> incoming)
    {
        List<CommandEntry> staged;
        lock (_queueGate)
        {
            if (_staged.Count == 0 && incoming.Count == 0)
            {
                return;
            }

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

        foreach (var entry in incoming)
        {
            Enqueue(run, entry);
        }
    }

    private static void Enter(QueueRun run, CommandEntry entry)
    {
        entry.Run = run;
        if (entry.RandomKey is null)
        {
            entry.Index = run.NextIndex++; // Places are counted without what handlers add.
        }

        run.Begin();
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
            throw new AggregateException(run.Failures.Count == 1 ? "One command failed." : $"{run.Failures.Count} commands failed.", run.Failures);
        }

        ExceptionDispatchInfo.Throw(run.Failures[0]);
    }
}
