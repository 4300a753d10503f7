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
