using System;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>How slaves come and go: what other threads posted is taken in by the driving thread, in order.</summary>
internal sealed partial class ShmMasterCommunicator
{
    /// <summary>Takes the changes in, in order, up to one that is reported.</summary>
    private bool TryApply(out Arrival arrival)
    {
        while (true)
        {
            Change change;
            lock (_changes)
            {
                if (!_changes.TryPeek(out change))
                {
                    _hasChanges = false;
                    arrival = default;
                    return false;
                }
            }

            if (change.Kind == ChangeKind.Report && change.Arrival.Kind == ArrivalKind.RankLost && TryTakeLast(change.Arrival, out arrival))
            {
                return true; // The loss stays in the queue until all that came before it was taken.
            }

            lock (_changes)
            {
                _changes.Dequeue();
            }

            if (TryApply(change))
            {
                arrival = change.Arrival;
                return true;
            }
        }
    }

    private bool TryApply(in Change change)
    {
        switch (change.Kind)
        {
            case ChangeKind.Attach:
                Vacate(change.Rank);
                Occupy(change.Link!);
                return false;
            case ChangeKind.Detach:
                VacateIf(change.Rank, change.Arrival.Incarnation);
                return false;
            default:
                if (change.Arrival.Kind == ArrivalKind.RankJoined && Seat(change.Rank) is { } joined && joined.Incarnation == change.Arrival.Incarnation)
                {
                    var first = !joined.HasJoined;
                    joined.HasJoined = true;
                    return first;
                }

                if (change.Arrival.Kind == ArrivalKind.RankLost)
                {
                    return !VacateIf(change.Rank, change.Arrival.Incarnation, out var wasBroken) || !wasBroken; // A broken one's loss was reported when it broke.
                }

                return true;
        }
    }

    /// <summary>Whatever a lost slave left in its ring when its loss came up here.</summary>
    private bool TryTakeLast(in Arrival loss, out Arrival arrival)
    {
        arrival = default;
        if (Seat(loss.Rank) is not { } slave || slave.Incarnation != loss.Incarnation)
        {
            return false;
        }

        slave.LastPublished ??= slave.Link.Published();
        return (!slave.HasJoined || !slave.Link.HasReceived(slave.LastPublished.Value)) && TryReceive(slave, out arrival);
    }

    private void Occupy(SlaveLink slave)
    {
        if (slave.Rank >= _seats.Length)
        {
            Array.Resize(ref _seats, Math.Max(slave.Rank + 1, _seats.Length * 2));
        }

        _seats[slave.Rank] = slave;
        _links.Add(slave);
    }

    private void VacateIf(int rank, int incarnation) => VacateIf(rank, incarnation, out _);

    private bool VacateIf(int rank, int incarnation, out bool wasBroken)
    {
        wasBroken = false;
        if (Seat(rank) is not { } slave || slave.Incarnation != incarnation)
        {
            return false;
        }

        wasBroken = slave.IsBroken;
        Vacate(rank);
        return true;
    }

    private void Vacate(int rank)
    {
        if (Seat(rank) is not { } slave)
        {
            return;
        }

        _seats[rank] = null;
        _links.Remove(slave);
        _backlogged -= slave.Link.HasBacklog ? 1 : 0;
        slave.Link.Dispose();
        _master.SetAwake(rank, false);
    }

    private enum ChangeKind
    {
        Attach,
        Detach,
        Report,
    }

    private readonly record struct Change(ChangeKind Kind, int Rank, SlaveLink? Link, Arrival Arrival);

    private sealed class SlaveLink(int rank, int incarnation, Link link)
    {
        internal int Rank { get; } = rank;

        internal int Incarnation { get; } = incarnation;

        internal Link Link { get; } = link;

        /// <summary>What was in its ring when its loss came up; null while it is not lost.</summary>
        internal long? LastPublished { get; set; }

        internal bool HasJoined { get; set; }

        internal bool IsBroken { get; set; }
    }
}
