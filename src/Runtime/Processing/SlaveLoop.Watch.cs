using System;
using System.Diagnostics;
using System.Threading;

namespace HpcRuntime.Processing;

/// <content>What goes on while a command runs: arrivals, output, time-outs.</content>
internal sealed partial class SlaveLoop
{
    /// <summary>A command that runs longer than this is looked after.</summary>
    private static readonly long WatchAfter = Stopwatch.Frequency / 1000;

    /// <summary>What a running command has printed goes home at least this often.</summary>
    private static readonly long ShipInterval = Stopwatch.Frequency / 20;

    /// <summary>What goes over a network moves only when somebody looks: at least every 10 ms.</summary>
    private static readonly long OldestOverNetwork = Stopwatch.Frequency / 100 * SlaveWatchdog.LooksAnAge;

    private long _shippedAt;
    private long _heardAt; // When the present command, or one before it, last heard a word.

    /// <summary>Called by the <see cref="SlaveWatchdog"/>. Returns for how long the present command has been running and has heard nothing, in ticks; 0 when none runs.</summary>
    internal long Tick(long now)
    {
        var running = Volatile.Read(ref _running);
        if (running is null)
        {
            return 0;
        }

        var age = Math.Max(1, now - running.StartedAt);
        if (age < WatchAfter || Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            return Quiet(age, now);
        }

        try
        {
            if (_running == running && _watchFault is null)
            {
                LookAfter(running, now);
            }
        }
        catch (Exception fault)
        {
            // A message that does not decode, say: this slave's loop is to fail, not the process.
            _watchFault = fault;
        }
        finally
        {
            OpenGate();
        }

        return Quiet(age, now);
    }

    /// <summary>A command in a conversation is looked after as often as one that has just begun.</summary>
    private long Quiet(long age, long now) => Math.Max(1, Math.Min(_communicator.MovesOnlyWhenLookedAt ? OldestOverNetwork : long.MaxValue, Math.Min(age, now - Volatile.Read(ref _heardAt))));

    private void LookAfter(SlaveContext running, long now)
    {
        _now = now;
        if (ResultsAreDue || running.Output!.HasPending)
        {
            FlushResults(); // Before what the command that runs has printed since.
        }

        Drain();
        ShipLog();
        if (running.Output!.HasPending && now - _shippedAt > ShipInterval)
        {
            _shippedAt = now;
            ShipOutput(running);
        }

        if (running.IsOverdue(now))
        {
            StopRunning(StopReason.TimedOut);
        }

        if (running.Output!.Flooded)
        {
            StopRunning(StopReason.Flooded);
        }

        if (running.IsStuck(now))
        {
            Begin(SlaveVerb.Stuck);
            _message.WriteVarUInt((ulong)running.Header.Id);
            _message.WriteVarUInt((ulong)running.Header.Attempt);
            _message.WriteByte((byte)running.StopReason);
            Send();
        }
    }

    /// <summary>Called on a printing thread of the running command, when its buffer is high.</summary>
    private void ShipOutputFromCommand()
    {
        var spin = default(SpinWait);
        while (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            if (Volatile.Read(ref _running) is null)
            {
                return; // It has just ended: the driving thread takes the rest.
            }

            spin.SpinOnce(sleep1Threshold: 20);
        }

        try
        {
            if (_running is { } running)
            {
                ShipOutput(running);
                if (running.Output!.Flooded)
                {
                    StopRunning(StopReason.Flooded);
                }
            }
        }
        finally
        {
            OpenGate();
        }
    }

    private void ShipOutput(SlaveContext running)
    {
        if (InLineOutput is { } take)
        {
            take(Rank, running.Header.Id, running.Output!);
            return;
        }

        FlushResults(); // The output of commands that ended before goes first.
        Begin(SlaveVerb.Output);
        _message.WriteVarUInt((ulong)running.Header.Id);
        _message.WriteVarUInt((ulong)running.Header.Attempt);
        OutputWire.Write(_message, running.Output!);
        Send(withOutput: true);
    }

    /// <summary>Output of flows that outlived their command: it belongs to the slave, as command 0.</summary>
    private void ShipLeftover()
    {
        var leftover = _capture.Leftover;
        if (leftover is not { HasPending: true })
        {
            return;
        }

        FlushResults();
        Begin(SlaveVerb.Output);
        _message.WriteVarUInt(0);
        _message.WriteVarUInt(0);
        OutputWire.Write(_message, leftover);
        Send(withOutput: true);
    }

    private void ShipLog()
    {
        while (_log.TryTake(out var line))
        {
            Begin(SlaveVerb.Log);
            line.Write(_message);
            Send();
        }
    }
}
