using System;
using System.Diagnostics;
using System.Threading;

namespace HpcRuntime.Processing;

/// <content>The background pump, cancelling, and the end.</content>
public sealed partial class Processor
{
    /// <summary>After a cancellation, a run waits this long for running commands before it returns without them.</summary>
    private static readonly TimeSpan CancelPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Cancels everything that is queued or running; <see cref="RunQueue(CancellationToken)"/> and Execute then throw <see cref="OperationCanceledException"/>.
    /// From any thread, such as a signal handler's. The processor can be used again.</summary>
    public void Cancel(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (_disposed)
        {
            return;
        }

        CancelHeld(reason);
        if (_run is { } run)
        {
            run.Cancel(reason, CancelDeadline());
        }

        _loop.Post(loop => loop.CancelAll(reason, CancelDeadline()));
        StopInLine(CancelScope.All, 0, StopReason.Cancelled);
    }

    private static long CancelDeadline() => Stopwatch.GetTimestamp() + (long)(CancelPatience.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Ends every slave at once, without ceremony, and with them every command: queued, running and future ones are cancelled. From any thread.
    /// What remains is to dispose the processor.</summary>
    public void Abort()
    {
        _aborted = true;
        CancelHeld("the processor was aborted");

        // The run first: commands that the lines below end must not be its last before it knows that it was cancelled.
        _run?.Cancel("the processor was aborted", Stopwatch.GetTimestamp());
        StopInLine(CancelScope.All, 0, StopReason.Cancelled);
        _fabric.Abort();
        _loop.Post(loop => loop.Abort("the processor was aborted"));
    }

    /// <summary>Cancels what is still under way, sends the slaves away and releases the fabric. Bounded by <see cref="ProcessorOptions.Grace"/>.</summary>
    public void Dispose()
    {
        lock (OpenGate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            Open.Remove(this);
        }

        CancelHeld("the processor was closed");

        if (_run is not null)
        {
            _run.Cancel("the processor is closing", Stopwatch.GetTimestamp());
            _loop.Post(loop => loop.CancelAll("the processor is closing", Stopwatch.GetTimestamp()));
        }

        StopInLine(CancelScope.All, 0, StopReason.Cancelled);
        _loop.Post(loop => loop.Close());
        SendSlavesAway();
        _closed = true;
        _baton.Unpark();

        // Whoever still drives, in line perhaps inside a command that never returns, ends what is left when it comes by.
        _loop.Post(loop => loop.Abort("the processor was closed"));
        _pump.Join(Options.Grace);
        EndUnanswered();
        _progress?.Dispose();
        _fabric.Dispose();
        lock (_inLineSlaves)
        {
            _inLineSlaves.ForEach(SlaveWatchdog.Unregister);
        }

        _communicator.Dispose();
        _display.Close();
    }

    private void SendSlavesAway()
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(Options.Grace.TotalSeconds * Stopwatch.Frequency);
        while (_fault is null && !_aborted && !_loop.AllLeft && Stopwatch.GetTimestamp() < deadline)
        {
            if (!_baton.TryEnter(patience: 20))
            {
                // Another thread still drives, in a run that was cancelled above and ends in bounded time.
                Thread.Sleep(1);
                continue;
            }

            try
            {
                _loop.Step(TimeSpan.FromMilliseconds(50));
            }
            finally
            {
                _baton.Exit();
            }
        }
    }

    private void EndUnanswered()
    {
        // Before the last look at what was posted, this thread's or that of whoever still drives: who posts after that look sees this, and ends its command itself.
        _finished = true;
        Interlocked.MemoryBarrier();
        var deadline = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 2);
        while (!_baton.TryEnter(patience: 20))
        {
            if (Stopwatch.GetTimestamp() > deadline)
            {
                return; // Held inside a command in line: what was posted above is done when it returns.
            }

            Thread.Sleep(1);
        }

        try
        {
            _loop.Turn();
            _loop.EndUnanswered();
        }
        finally
        {
            _baton.Exit();
        }
    }

    /// <summary>Slaves that run in line are inside the wait of whoever drives: a stop must reach them past the loop.</summary>
    private void StopInLine(CancelScope scope, long number, StopReason reason)
    {
        if (!_fabric.Traits.InLine)
        {
            return;
        }

        lock (_inLineSlaves)
        {
            var last = scope == CancelScope.All ? Interlocked.Read(ref _lastId) : number;
            _inLineSlaves.ForEach(slave => slave.StopFromOutside(scope, last, reason));
        }
    }

    private void PumpLoop()
    {
        bool IsOver() => _closed || _fault is not null;
        var roused = false;
        while (_baton.EnterPump(IsOver, roused))
        {
            var rests = false;
            try
            {
                for (var quiet = _loop.IsQuiet; !_baton.IsWanted && !_closed; quiet = _loop.IsQuiet)
                {
                    var any = _loop.Step(quiet ? TimeSpan.Zero : Timeout.InfiniteTimeSpan);
                    if (quiet && !any && _loop.IsQuiet)
                    {
                        // Whoever calls next finds the baton free: taking it from a thread that sleeps would take two wake-ups.
                        _communicator.Rest();
                        rests = true;
                        break;
                    }
                }

                if (_closed)
                {
                    _loop.Turn(); // Whoever closes may not get the baton in time.
                }
            }
            catch (Exception fault)
            {
                // Our own fault, on a thread of our own: callers are told at their next call, futures end now.
                Fail(fault);
            }
            finally
            {
                _baton.ExitPump();
            }

            roused = rests && _baton.Rest(() => IsOver() || _loop.AnyPosted);
        }
    }

    private void Fail(Exception fault)
    {
        _fault = fault;
        Options.Logger.Fatal(fault, "The processor's own loop failed");
        _loop.CancelAll("the processor's own loop failed", Stopwatch.GetTimestamp());
        _loop.EndUnanswered();
    }
}
