using System;
using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <content>Stopping commands, runs and the whole; growing and shrinking.</content>
internal sealed partial class MasterLoop
{
    /// <summary>Stops handing out the commands of a run; those that have not begun are cancelled, running ones are asked to stop.</summary>
    internal void StopRun(QueueRun run, StopReason reason)
    {
        if (run.Stopped)
        {
            return;
        }

        run.Stopping = true;
        run.Stopped = true;
        foreach (var entry in _queue.TakeAll(run))
        {
            EndUnsent(entry, "the run ended before it was handed out");
        }

        while (_staticChunks.TryDequeue(out var chunk))
        {
            Array.ForEach(chunk, entry => EndUnsent(entry, "the run ended before it was handed out"));
        }

        TellCancel(CancelScope.Run, run.Number, reason);
    }

    /// <summary>Cancels everything, queued and running. Runs that lose commands by it end cancelled, at the latest at <paramref name="deadline"/>.</summary>
    internal void CancelAll(string reason, long deadline)
    {
        foreach (var seat in _seats.Values)
        {
            for (var i = 0; i < seat.InFlight.Count; i++)
            {
                seat.InFlight[i].Run?.Cancel(reason, deadline);
            }
        }

        foreach (var entry in _queue.TakeAll(null))
        {
            entry.Run?.Cancel(reason, deadline);
            EndUnsent(entry, reason);
        }

        while (_staticChunks.TryDequeue(out var chunk))
        {
            foreach (var entry in chunk)
            {
                entry.Run?.Cancel(reason, deadline);
                EndUnsent(entry, reason);
            }
        }

        TellCancel(CancelScope.All, 0, StopReason.Cancelled);
    }

    /// <summary>Cancels one command of a future whose caller no longer wants it. One that still waits is ended already, by the calling thread.</summary>
    internal void CancelSent(CommandEntry entry)
    {
        if (entry.Status == CommandStatus.Sent && _seats.TryGetValue(entry.Rank, out var seat) && seat.Find(entry.Id) is not null)
        {
            SendCancel(seat, CancelScope.Command, entry.Id, StopReason.Cancelled);
        }
    }

    /// <summary>Gives up waiting for the commands of a run that still have not ended: late results will be dropped.</summary>
    internal void Abandon(QueueRun run, string reason)
    {
        foreach (var seat in _seats.Values)
        {
            for (var i = 0; i < seat.InFlight.Count; i++)
            {
                var entry = seat.InFlight[i];
                if (entry.Run == run)
                {
                    End(entry, CommandStatus.Sent, CommandStatus.Cancelled, new CommandCancelledException(entry, reason));
                }
            }
        }
    }

    /// <summary>Sends every slave away. Commands in flight are cancelled.</summary>
    internal void Close()
    {
        if (IsClosing)
        {
            return;
        }

        CancelAll("the processor is closing", _clock.GetTimestamp());
        IsClosing = true;
        foreach (var seat in _seats.Values)
        {
            if (seat.State is SeatState.Ready or SeatState.Leaving)
            {
                Dismiss(seat);
            }
        }
    }

    /// <summary>Ends every command now, whatever slaves may still say.</summary>
    internal void Abort(string reason)
    {
        CancelAll(reason, _clock.GetTimestamp());
        IsClosing = true;
        EndUnanswered();
    }

    /// <summary>Ends what is still unanswered once the slaves have left or were given up.</summary>
    internal void EndUnanswered()
    {
        foreach (var seat in _seats.Values)
        {
            while (seat.InFlight.Count > 0)
            {
                var entry = seat.InFlight.RemoveFirst();
                End(entry, CommandStatus.Sent, CommandStatus.Cancelled, new CommandCancelledException(entry, "the processor was closed"));
            }

            while (seat.Pinned.TryDequeue(out var pinned))
            {
                EndUnsent(pinned, "the processor was closed");
            }
        }
    }

    /// <summary>Grows or shrinks to <paramref name="slaves"/>. Those that leave finish what they have.</summary>
    internal void Resize(int slaves)
    {
        var staying = 0;
        for (var i = 0; i < _seats.Count; i++)
        {
            staying += _seats.Values[i].Stays ? 1 : 0;
        }

        for (var i = 0; i < _seats.Count && staying < slaves; i++)
        {
            // One that was asked to leave and is still busy stays after all.
            var seat = _seats.Values[i];
            if (seat.State == SeatState.Leaving && !seat.IsRenewed && seat.InFlight.Count > 0)
            {
                seat.State = SeatState.Ready;
                _mayHaveRoom = true;
                staying++;
            }
        }

        for (; staying < slaves; staying++)
        {
            if (!_fabric.Grow())
            {
                throw new InvalidOperationException($"Fabric '{_fabric.Name}' could not grow beyond {staying} slaves.");
            }
        }

        for (var i = _seats.Count - 1; i >= 0 && staying > slaves; i--)
        {
            var seat = _seats.Values[i];
            if (seat.State is SeatState.Ready or SeatState.Joining || seat.IsRenewed)
            {
                staying--;
                seat.IsRenewed = false;
                seat.State = SeatState.Leaving;
                LeaveIfDone(seat);
            }
        }
    }

    /// <summary>The fabric wants another holder for a seat: the present one, who has given back what it had not begun, leaves, and its successor takes the seat.</summary>
    private void Renew(SlaveSeat seat)
    {
        if (seat.State == SeatState.Ready)
        {
            _log.Debug("Slave {Slave} ({Name}) is renewed", seat.Rank, seat.Name);
            seat.IsRenewed = true;
            seat.State = SeatState.Leaving;
            LeaveIfDone(seat);
        }
    }

    /// <summary>The ranks that can be given a command of their own now, which waits while a seat is between two holders.</summary>
    internal int[] ReadyRanks()
    {
        var ranks = new System.Collections.Generic.List<int>();
        foreach (var seat in _seats.Values)
        {
            if (seat.Stays)
            {
                ranks.Add(seat.Rank);
            }
        }

        return [.. ranks];
    }

    private void EndUnsent(CommandEntry entry, string reason) =>
        End(entry, CommandStatus.Queued, CommandStatus.Cancelled, new CommandCancelledException(entry, reason));

    private void TellCancel(CancelScope scope, long number, StopReason reason)
    {
        foreach (var seat in _seats.Values)
        {
            if (seat.InFlight.Count > 0)
            {
                SendCancel(seat, scope, number, reason);
            }
        }
    }

    private void SendCancel(SlaveSeat seat, CancelScope scope, long number, StopReason reason)
    {
        NoteStop(seat, scope, number, reason);
        _body.Clear();
        _body.WriteByte((byte)scope);
        _body.WriteVarUInt((ulong)number);
        _body.WriteByte((byte)reason);
        Send(seat, MasterVerb.Cancel, _body);
    }
}
