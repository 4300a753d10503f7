using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>What becomes of commands, and of slaves.</content>
internal sealed partial class MasterLoop
{
    private long _done;
    private long _failed;
    private long _cancelled;
    private long _cancelledElsewhere; // Shared: futures are cancelled on their callers' threads.
    private long _failedElsewhere;    // Shared: what a command comes after failed, so that it never ran.
    private long _retried;
    private long _queueWaitTicks;
    private string? _lastLoss;
    private long _dispatched; // Commands handed out at least once.

    internal long DoneCount => _done;

    internal long FailedCount => _failed;

    /// <summary>Ends a command once: whoever moves it out of <paramref name="from"/> reports its outcome.</summary>
    internal void End(CommandEntry entry, CommandStatus from, CommandStatus outcome, Exception? error)
    {
        if (!entry.Move(from, outcome))
        {
            return;
        }

        if (error is not null)
        {
            entry.Error = error;
        }

        Settle(entry);
    }

    /// <summary>Books a command whose status has become an outcome, and tells whoever waits for it.</summary>
    private void Settle(CommandEntry entry)
    {
        Count(entry.Status);
        Finish(entry);
    }

    private void Finish(CommandEntry entry)
    {
        entry.Epoch.Leave();
        entry.DropPayload();
        if (entry.Run is { } run)
        {
            SettleInRun(entry, run);
        }
        else
        {
            var completion = (Completion)entry.Memo!;
            entry.DropMemo();
            completion.Complete(entry);
        }
    }

    private void SettleInRun(CommandEntry entry, QueueRun run)
    {
        if (entry.Status == CommandStatus.Done)
        {
            var somethingToApply = entry.Memo is not null || entry.Results is not null || entry.Value is ResultCommand;
            run.End(somethingToApply ? entry : null, null);
            return;
        }

        entry.DropMemo();
        var failed = entry.Status != CommandStatus.Cancelled;
        run.End(null, failed ? entry.Error : null);
        if (failed && _options.ErrorPolicy == ErrorPolicy.FailFast)
        {
            StopRun(run, StopReason.Draining);
        }
    }

    private void Count(CommandStatus outcome)
    {
        switch (outcome)
        {
            case CommandStatus.Done:
                _done++;
                break;
            case CommandStatus.Cancelled:
                _cancelled++;
                break;
            default:
                _failed++;
                break;
        }
    }

    /// <summary>A slave is gone: the command it was running is charged with an attempt, the others are simply handed out again.</summary>
    private void Lose(SlaveSeat seat, RankLoss loss, bool charge, bool? willReturn = null)
    {
        AliveSlaves--;
        LostSlaves++;
        var stays = seat.State != SeatState.Leaving;
        seat.Leave();
        _lastLoss = $"{seat.Name}, {loss.Description}";
        _log.Warning("Slave {Slave} ({Name}) is lost: {Reason}", seat.Rank, seat.Name, loss.Description);
        var running = charge ? loss.RunningCommand is { } id ? seat.Find(id) : seat.InFlight.Count > 0 ? seat.InFlight[0] : null : null;
        TakeLastOutput(seat, running, loss);
        var replace = _traits.ReplacesSlaves && !IsClosing && stays;
        seat.WillReturn = willReturn ?? (_fabric.End(seat.Rank, replace) && replace);
        var held = new List<CommandEntry>();
        while (seat.InFlight.Count > 0)
        {
            held.Add(seat.InFlight.RemoveFirst());
        }

        // Put back from the last to the first, each before the others: the queue keeps its order.
        for (var i = held.Count - 1; i >= 0; i--)
        {
            if (held[i] != running)
            {
                Requeue(held[i]);
            }
        }

        if (running is not null)
        {
            ChargeLoss(running, seat, loss.Description);
        }

        if (!seat.WillReturn)
        {
            GiveUpWithoutSlave(seat);
        }
    }

    /// <summary>What a slave had written when it died, to the command that wrote it.</summary>
    private void TakeLastOutput(SlaveSeat seat, CommandEntry? running, RankLoss loss)
    {
        _outputOf = running;
        _outputFrom = seat;
        if (loss.Out.Length > 0)
        {
            TakeOutput(OutputStream.Out, loss.Out.Span);
        }

        if (loss.Error.Length > 0)
        {
            TakeOutput(OutputStream.Error, loss.Error.Span);
        }

        if (running is not null)
        {
            _display.EndOf(running);
        }
    }

    private void ChargeLoss(CommandEntry entry, SlaveSeat seat, string reason)
    {
        entry.LostAttempts.Add(new LostAttempt(entry.Attempts, seat.Rank, seat.Name, reason));
        var allowed = entry.Options?.MaxAttempts ?? _options.MaxAttempts;
        if (entry.LostCount >= allowed)
        {
            EndLost(entry, CommandStatus.Sent, $"its slave was lost in every one of {entry.LostCount} attempts");
        }
        else if (!seat.WillReturn && AliveSlaves == 1)
        {
            EndLost(entry, CommandStatus.Sent, "its slave was lost, and it is not tried again on the last slave left, which cannot be replaced");
        }
        else
        {
            _retried++;
            Requeue(entry);
        }
    }

    private void GiveUpWithoutSlave(SlaveSeat seat)
    {
        while (seat.Pinned.TryDequeue(out var pinned))
        {
            EndLost(pinned, CommandStatus.Queued, $"rank {seat.Rank} is gone");
        }

        if (AnySlaveToCome)
        {
            return;
        }

        foreach (var entry in _queue.TakeAll(null))
        {
            EndLost(entry, CommandStatus.Queued, NoSlaveLeft());
        }

        while (_staticChunks.TryDequeue(out var chunk))
        {
            Array.ForEach(chunk, entry => EndLost(entry, CommandStatus.Queued, NoSlaveLeft()));
        }
    }

    private void EndLost(CommandEntry entry, CommandStatus from, string summary)
    {
        var tail = entry.Output.ErrorTail();
        End(entry, from, CommandStatus.Lost, new SlaveLostException(entry, summary, entry.LostAttempts, tail.Length > 0 ? tail : entry.Output.OutTail()));
    }

    private string NoSlaveLeft() => _lastLoss is null ? "no slave is left to run it" : $"no slave is left to run it; the last one lost, {_lastLoss}";

    private void TakeGoodbye(SlaveSeat seat)
    {
        var planned = seat.State == SeatState.Leaving || IsClosing;
        if (!planned)
        {
            Lose(seat, new RankLoss("left unasked"), charge: true);
            return;
        }

        AliveSlaves--;
        seat.Leave();
        while (seat.InFlight.Count > 0)
        {
            Requeue(seat.InFlight.RemoveLast());
        }

        if (!IsClosing)
        {
            _fabric.End(seat.Rank, replace: false);
            GiveUpWithoutSlave(seat);
        }
    }

    private void LeaveIfDone(SlaveSeat seat)
    {
        if (seat.State == SeatState.Leaving && seat.InFlight.Count == 0)
        {
            Dismiss(seat);
        }
    }

    private void Dismiss(SlaveSeat seat)
    {
        _body.Clear();
        Send(seat, MasterVerb.Exit, _body);
    }

    /// <summary>Verifies that arrays inside <see cref="Lent{T}"/> are as they were when the command was queued, where the user asked for it.</summary>
    private static void CheckLentArrays(CommandEntry entry)
    {
        if (entry.LentChecksums is { } expected && !LentChecksum.Matches(entry.Blocks, expected))
        {
            throw new LentArrayChangedException(entry);
        }
    }
}
