using System;
using System.Collections.Generic;
using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <content>Telling observers what has happened.</content>
internal sealed partial class MasterLoop
{
    // Executions in the message at hand, while anybody observes: they are told once all have ended.
    private readonly List<(CommandEntry Entry, int Attempt)> _observed = [];

    private bool IsObserved => _options.Observer is not null || Telemetry.SeesCommands;

    private void ObserveJoin(SlaveSeat seat)
    {
        Telemetry.SlaveJoined();
        _options.Observer?.SlaveJoined(seat.Rank, seat.Name, _clock.GetTimestamp());
    }

    private void ObserveLeave(SlaveSeat seat, string? lostBecause)
    {
        // One that is lost before it said hello never counted as up.
        if (seat.HasSaidHello)
        {
            Telemetry.SlaveLeft(lostBecause is not null);
            _options.Observer?.SlaveLeft(seat.Rank, lostBecause ?? "left", _clock.GetTimestamp());
        }
    }

    /// <summary>Tells of the executions in a message. A slave tells how long each took, not when it began it: it began as soon as it had it and had ended the one before.</summary>
    private void ObserveEnds(SlaveSeat seat)
    {
        var now = _clock.GetTimestamp();
        foreach (var (entry, attempt) in _observed)
        {
            var start = Math.Max(entry.SentAt, seat.ObservedUntil);
            var end = seat.ObservedUntil = Math.Min(start + entry.DurationTicks, now);
            Observe(new AttemptRecord(entry, attempt, seat.Rank, entry.Status, entry.QueuedAt, entry.SentAt, start, end, now));
        }

        _observed.Clear();
    }

    /// <summary>Tells of an execution whose slave is gone, or was ended for it.</summary>
    private void ObserveCut(SlaveSeat seat, CommandEntry entry)
    {
        if (IsObserved)
        {
            var now = _clock.GetTimestamp();
            var start = Math.Max(entry.SentAt, seat.ObservedUntil);
            Observe(new AttemptRecord(entry, entry.Attempts, seat.Rank, entry.HasEnded ? entry.Status : CommandStatus.Queued, entry.QueuedAt, entry.SentAt, start, now, now));
        }
    }

    private void Observe(in AttemptRecord attempt)
    {
        Telemetry.Attempt(attempt);
        _options.Observer?.AttemptEnded(attempt);
    }
}
