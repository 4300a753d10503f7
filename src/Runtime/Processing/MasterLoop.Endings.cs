using System;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
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
        Telemetry.Ended(entry.Status);
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

    private void TakeGoodbye(SlaveSeat seat)
    {
        var planned = seat.State == SeatState.Leaving || IsClosing;
        if (!planned)
        {
            Lose(seat, new RankLoss("left unasked"), charge: true);
            return;
        }

        AliveSlaves--;
        var replace = seat.IsRenewed && !IsClosing;
        seat.WillReturn = replace; // Before anything is put back: what is pinned to this seat waits for the successor.
        seat.Leave();
        ObserveLeave(seat, null);
        while (seat.InFlight.Count > 0)
        {
            Requeue(seat.InFlight.RemoveLast());
        }

        if (IsClosing)
        {
            return;
        }

        seat.WillReturn = _fabric.End(seat.Rank, replace) && replace;
        if (!seat.WillReturn)
        {
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
