using System;
using System.Diagnostics;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Work that waits behind a long command is given to whoever is idle.</content>
internal sealed partial class MasterLoop
{
    /// <summary>Work held back behind a command that takes longer than this is asked for.</summary>
    private static readonly TimeSpan RecallAfter = TimeSpan.FromMilliseconds(1);

    /// <summary>A slave that has not answered for this long has its work taken back without its help, where the fabric can. A slave at work answers within 10 ms.</summary>
    private static readonly TimeSpan TakeBackAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks the slave with the most work behind a long command to give half of it back, while others are idle.</summary>
    private void RecallForIdle()
    {
        if (_options.Chunking == Chunking.Static || _census.Idle == 0 || _census.HoldingBack == 0 || IsClosing)
        {
            return; // What was cut once stays where it was dealt.
        }

        SlaveSeat? richest = null;
        SlaveSeat? mute = null;
        var now = _clock.GetTimestamp();
        foreach (var seat in _seats.Values)
        {
            if (seat.InFlight.Count > 1 && !seat.RecallPending && Stopwatch.GetElapsedTime(seat.LastActivity, now) >= RecallAfter && seat.InFlight.Count > (richest?.InFlight.Count ?? 1))
            {
                richest = seat;
            }

            mute = IsMute(seat) && now - seat.RecalledAt >= Ticks(TakeBackAfter) ? seat : mute;
        }

        if (mute is not null)
        {
            TakeBack(mute);
            Dispatch();
            return;
        }

        if (richest is null)
        {
            return;
        }

        Recall(richest, richest.InFlight.Count / 2);
    }

    private void Recall(SlaveSeat seat, int most)
    {
        seat.RecallsPending++;
        seat.RecalledAt = _clock.GetTimestamp();
        _body.Clear();
        _body.WriteVarUInt((ulong)most);
        Send(seat, MasterVerb.Recall, _body);
    }

    /// <summary>Asked for work, and not heard of since.</summary>
    private static bool IsMute(SlaveSeat seat) => seat is { RecallPending: true, IsSilent: false, InFlight.Count: > 1, RecalledAt: < long.MaxValue };

    /// <summary>A slave that does not answer, stopped perhaps, keeps what it has begun: what becomes of that is seen when it answers or is lost.
    /// The rest can no longer begin there, so that others may run it.</summary>
    private void TakeBack(SlaveSeat seat)
    {
        if (_fabric.TakeBack(seat.Rank) is not { } begun)
        {
            seat.RecalledAt = long.MaxValue; // It cannot be helped: the answer is waited for.
            return;
        }

        // The answer to this comes after every other: then the slave holds nothing of what is others' now.
        seat.IsSilent = true;
        Recall(seat, int.MaxValue);
        _log.Information("Slave {Slave} ({Name}) does not answer; what waits there goes to others", seat.Rank, seat.Name);
        while (seat.InFlight.Count > 0 && seat.InFlight[seat.InFlight.Count - 1].Id != begun)
        {
            Requeue(seat.InFlight.RemoveLast());
        }
    }

    private void TakeReturned(SlaveSeat seat, WireReader reader)
    {
        if (reader.ReadBool())
        {
            seat.RecallsPending = Math.Max(0, seat.RecallsPending - 1);
            seat.IsSilent &= seat.RecallPending;
        }

        seat.LastActivity = _clock.GetTimestamp();
        var count = reader.ReadVarUInt();
        for (var i = 0UL; i < count; i++)
        {
            var id = (long)reader.ReadVarUInt();
            if (seat.Find(id) is { } entry)
            {
                seat.TakeInFlight(id, entry.Attempts);
                Requeue(entry);
            }
        }

        if (seat.InFlight.Count == 0)
        {
            seat.MarkIdle(seat.LastActivity);
            LeaveIfDone(seat);
        }

        Dispatch();
        Refill(seat); // It has room again, also where no other seat is to be looked at.
    }

    private void Requeue(CommandEntry entry)
    {
        if (!entry.Move(CommandStatus.Sent, CommandStatus.Queued))
        {
            return; // Given up meanwhile.
        }

        entry.Attempts = entry.LostCount; // It was handed out, not begun.
        if (IsClosing)
        {
            End(entry, CommandStatus.Queued, CommandStatus.Cancelled, new CommandCancelledException(entry, "the processor is closing"));
        }
        else if (entry.IsUnwanted)
        {
            End(entry, CommandStatus.Queued, CommandStatus.Cancelled, new CommandCancelledException(entry, "its caller cancelled it"));
        }
        else if (entry.Run is { Stopping: true })
        {
            End(entry, CommandStatus.Queued, CommandStatus.Cancelled, new CommandCancelledException(entry, "the run ended after a failure"));
        }
        else if (entry.PinnedRank > 0)
        {
            EnqueuePinned(entry);
        }
        else
        {
            _queue.AddFirst(entry);
        }
    }

    /// <summary>Shortens a wait while some slave is idle and another holds work back: after a moment that work is asked for, later taken. And while a command may outstay its time.</summary>
    private TimeSpan Patience(TimeSpan timeout)
    {
        if (timeout != System.Threading.Timeout.InfiniteTimeSpan && timeout <= RecallAfter)
        {
            return timeout;
        }

        return Sooner(timeout, Sooner(UntilRecall(), UntilOverdue()));
    }

    private TimeSpan UntilRecall()
    {
        if (_options.Chunking == Chunking.Static || _census.Idle == 0 || _census.HoldingBack == 0)
        {
            return System.Threading.Timeout.InfiniteTimeSpan;
        }

        var mute = false;
        foreach (var seat in _seats.Values)
        {
            if (seat.InFlight.Count > 1 && !seat.RecallPending)
            {
                return RecallAfter;
            }

            mute |= IsMute(seat);
        }

        return mute ? TakeBackAfter : System.Threading.Timeout.InfiniteTimeSpan;
    }

    private static TimeSpan Sooner(TimeSpan one, TimeSpan other) =>
        one == System.Threading.Timeout.InfiniteTimeSpan || (other != System.Threading.Timeout.InfiniteTimeSpan && other < one) ? other : one;
}
