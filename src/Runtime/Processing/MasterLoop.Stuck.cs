using System;
using System.Diagnostics;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Processing;

/// <content>Commands that go on although they should stop: they end with their slave.</content>
internal sealed partial class MasterLoop
{
    /// <summary>A slave itself says when a command ignores that it should stop. One that is so stuck that it does not is given this much longer.</summary>
    private static readonly TimeSpan OverdueAfter = TimeSpan.FromSeconds(2);

    private long _overdueNotBefore = long.MaxValue; // No command is overdue before this, in Stopwatch ticks: a bound, so that seats are looked at only then.

    private TimeSpan Grace => _fabric.Grace ?? _options.Grace;

    private void TakeStuck(SlaveSeat seat, long id, int attempt, StopReason reason)
    {
        if (seat.Ending is null && seat.Find(id) is { } entry && entry.Attempts == attempt)
        {
            EndWithSlave(seat, entry, reason);
        }
    }

    private void EndWithSlave(SlaveSeat seat, CommandEntry entry, StopReason reason)
    {
        seat.Ending = new SeatEnding(entry, reason);
        if (!IsClosing && _fabric.Stop(seat.Rank))
        {
            _log.Warning("Command {Id} ({Label}) ignores that it should stop; its slave, rank {Slave}, is ended", entry.Id, entry.Label, seat.Rank);
            return; // The loss of the slave will be reported, with what it still prints.
        }

        var replace = _traits.ReplacesSlaves && !IsClosing && seat.State != SeatState.Leaving;
        if (!_fabric.End(seat.Rank, replace))
        {
            _log.Warning("Command {Id} ({Label}) on rank {Slave} ignores that it should stop; fabric {Fabric} cannot end it, so its slave stays occupied until it returns", entry.Id, entry.Label, seat.Rank, _fabric.Name);
            seat.Ending = null;
            seat.StopAsked = new SeatStop(entry, reason, long.MaxValue);
            return;
        }

        _log.Warning("Command {Id} ({Label}) ignores that it should stop; its slave, rank {Slave}, was ended", entry.Id, entry.Label, seat.Rank);
        Lose(seat, new RankLoss("was ended with the command that ignored its cancellation"), charge: false, willReturn: replace);
    }

    /// <summary>What becomes of a command with which its slave was ended.</summary>
    private void EndStuck(SlaveSeat seat, in SeatEnding ending, RankLoss loss)
    {
        var entry = ending.Entry;
        var detail = "it ignored its cancellation, so its slave was " + (loss.Description.StartsWith("ended ", StringComparison.Ordinal) ? loss.Description : "ended");
        switch (ending.Reason)
        {
            case StopReason.TimedOut:
                EndTimedOut(entry, detail + ".");
                break;
            case StopReason.Flooded:
                End(entry, CommandStatus.Sent, CommandStatus.Failed, SlaveError(seat, entry, [new RemoteError(typeof(OutputLimitException).FullName!, new OutputLimitException(_options.MaxOutput).Message, string.Empty)]));
                break;
            default:
                End(entry, CommandStatus.Sent, CommandStatus.Cancelled, new CommandCancelledException(entry, detail));
                break;
        }
    }

    /// <summary>Whether some slave may be long over its time. Whatever stops one that shares the master's process stops the master.</summary>
    private bool AnyOverdue => !_traits.SharedMemory && _overdueNotBefore != long.MaxValue && _clock.GetTimestamp() >= _overdueNotBefore;

    /// <summary>Ends slaves whose command is long over its time and who do not even say so: not their own watchdog runs. Every command ends in bounded time.</summary>
    private void EndOverdue()
    {
        for (var i = 0; i < _seats.Count; i++)
        {
            var seat = _seats.Values[i];
            var due = DueAt(seat, out var reason);
            if (due != long.MaxValue && due <= _clock.GetTimestamp())
            {
                EndWithSlave(seat, seat.InFlight[0], reason);
            }
        }

        _overdueNotBefore = long.MaxValue;
        for (var i = 0; i < _seats.Count; i++)
        {
            LookForOverdueAt(DueAt(_seats.Values[i], out _));
        }
    }

    private void LookForOverdueAt(long time) => _overdueNotBefore = Math.Min(_overdueNotBefore, time);

    private TimeSpan UntilOverdue()
    {
        return _traits.SharedMemory || _overdueNotBefore == long.MaxValue
            ? System.Threading.Timeout.InfiniteTimeSpan
            : TimeSpan.FromSeconds(Math.Max(0.001, (double)(_overdueNotBefore - _clock.GetTimestamp()) / Stopwatch.Frequency));
    }

    /// <summary>When the first command of a seat has outstayed its time and the grace, in Stopwatch ticks; long.MaxValue for never. It began at the latest when the one before it had come home.</summary>
    private long DueAt(SlaveSeat seat, out StopReason reason)
    {
        reason = StopReason.TimedOut;
        if (seat.InFlight.Count == 0 || seat.Ending is not null || (seat.StopAsked is { At: long.MaxValue } hopeless && hopeless.Entry == seat.InFlight[0]))
        {
            return long.MaxValue;
        }

        var entry = seat.InFlight[0];
        var due = long.MaxValue;
        if (TimeoutOf(entry) is { } timeout)
        {
            due = Math.Max(entry.SentAt, seat.ResultsAt) + OverdueTicks(timeout);
        }

        if (seat.StopAsked is { } asked && asked.Entry == entry && asked.At + OverdueTicks(TimeSpan.Zero) < due)
        {
            reason = asked.Reason;
            due = asked.At + OverdueTicks(TimeSpan.Zero);
        }

        return due;
    }

    /// <summary>Notes that the first command of a seat, which runs as far as one can tell, is asked to stop.</summary>
    private void NoteStop(SlaveSeat seat, CancelScope scope, long number, StopReason reason)
    {
        if (seat.InFlight.Count > 0 && seat.InFlight[0] is { } entry && (scope == CancelScope.All || (scope == CancelScope.Command ? entry.Id : entry.Run?.Number) == number) && seat.StopAsked?.Entry != entry)
        {
            seat.StopAsked = new SeatStop(entry, reason, _clock.GetTimestamp());
            LookForOverdueAt(DueAt(seat, out _));
        }
    }

    /// <summary>How long after its beginning, or after it was asked to stop, a command is overdue.</summary>
    private long OverdueTicks(TimeSpan timeout) => Ticks(timeout) + Ticks(Grace) + Ticks(OverdueAfter);

    private static long Ticks(TimeSpan span) => (long)Math.Min(span.TotalSeconds * Stopwatch.Frequency, long.MaxValue / 8);
}

/// <summary>The command with which a slave is ended, and why that command should have stopped.</summary>
internal readonly record struct SeatEnding(CommandEntry Entry, StopReason Reason);

/// <summary>A command that was asked to stop, and when, in Stopwatch ticks; long.MaxValue where it is known that its slave cannot be ended.</summary>
internal readonly record struct SeatStop(CommandEntry Entry, StopReason Reason, long At);
