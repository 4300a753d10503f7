using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>The master's communicator: one link to each slave. Slaves come and go while it runs: <see cref="Attach"/>, <see cref="Detach"/> and <see cref="Announce"/> may be called from any thread
/// and take effect in that order, at the next wait.</summary>
internal sealed partial class ShmMasterCommunicator : ShmCommunicator
{
    private readonly MasterSegment _master;
    private readonly ShmMessagePool _pool = new();
    private readonly Queue<Change> _changes = new(); // Guarded by itself.
    private readonly Action<int, int, string>? _broken;
    private readonly SharedBulk _shared;

    // The driving thread's own.
    private readonly List<SlaveLink> _links = []; // In no order.
    private SlaveLink?[] _seats = new SlaveLink?[8];
    private int _next;
    private int _backlogged;
    private long _largeSentAt;
    private bool _mayTrim;

    private volatile bool _hasChanges;
    private int _size = 1;

    /// <param name="master">The run's segment; stays the caller's, who disposes it after this communicator.</param>
    /// <param name="broken">Called on the driving thread, with rank, incarnation and what is wrong, when a slave wrote what cannot be a message; the loss is reported to the loop in any case.</param>
    internal ShmMasterCommunicator(MasterSegment master, Action<int, int, string>? broken = null) : base(master, master.MasterParked)
    {
        _master = master;
        _broken = broken;
        _shared = new SharedBulk(master, () => _links.ForEach(slave => slave.Link.Reclaim()));
    }

    /// <summary>Bytes that were copied for all slaves since the start.</summary>
    internal long SharedBytes => _shared.CopiedBytes;

    /// <summary>Bytes of memory that those copies hold.</summary>
    internal long SharedBytesHeld => _shared.HeldBytes;

    /// <summary>Called once this communicator is disposed and touches the run's segment no more.</summary>
    internal Action? Left { get; init; }

    /// <inheritdoc/>
    public override int Rank => 0;

    /// <inheritdoc/>
    public override int Size => Volatile.Read(ref _size);

    /// <inheritdoc/>
    internal override bool MayRest => _backlogged == 0;

    private protected override long? TrimmableSince => _mayTrim ? _largeSentAt : null;

    /// <summary>Gives a seat a holder. What the former one sent and was not received yet is dropped, unless its loss was announced before.
    /// The slave's arrival is reported (<see cref="ArrivalKind.RankJoined"/>) once it has opened its communicator; messages may be sent before.</summary>
    /// <param name="rank">The seat, from 1.</param>
    /// <param name="incarnation">Higher than the former holder's.</param>
    /// <param name="segment">Retained until the holder is detached or its loss is reported.</param>
    internal void Attach(int rank, int incarnation, SlaveSegment segment)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        var link = new SlaveLink(rank, incarnation, new Link(_master, segment, fromMaster: true, _shared));
        lock (_changes)
        {
            _master.RaiseSeats(rank + 1);
            Volatile.Write(ref _size, Math.Max(_size, rank + 1));
        }

        Post(new Change(ChangeKind.Attach, rank, link, default));
    }

    /// <summary>Cuts a holder off without reporting a loss: what it still sends is dropped. A later <see cref="Announce"/> about it is delivered.</summary>
    internal void Detach(int rank, int incarnation) => Post(new Change(ChangeKind.Detach, rank, null, new Arrival(ArrivalKind.Deadline, rank, incarnation)));

    /// <summary>Reports an arrival to the loop. A <see cref="ArrivalKind.RankLost"/> comes after every whole message that the slave left in its ring; then the seat is vacant.</summary>
    internal void Announce(in Arrival arrival) => Post(new Change(ChangeKind.Report, arrival.Rank, null, arrival));

    /// <inheritdoc/>
    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        if (IsDisposed || Seat(destination) is not { IsBroken: false } slave)
        {
            return;
        }

        var link = slave.Link;
        var had = link.HasBacklog;
        var large = link.Send(head, blocks);
        WokeAnother |= link.TakeWoken();
        if (link.HasBacklog != had)
        {
            _backlogged += had ? -1 : 1;
        }

        if (large)
        {
            _mayTrim = true;
            _largeSentAt = Stopwatch.GetTimestamp();
        }
    }

    private protected override bool TryTake(out Arrival arrival)
    {
        if (_hasChanges && TryApply(out arrival))
        {
            return true;
        }

        if (_backlogged > 0)
        {
            PushBacklogs();
        }

        for (var left = _links.Count; left > 0; left--)
        {
            if (_next >= _links.Count)
            {
                _next = 0;
            }

            if (TryReceive(_links[_next++], out arrival))
            {
                return true;
            }
        }

        arrival = new Arrival(ArrivalKind.Deadline);
        return false;
    }

    private protected override Arrival AfterLeaving() => new(ArrivalKind.Deadline);

    private protected override void Trim()
    {
        _mayTrim = false;
        foreach (var slave in _links)
        {
            if (!slave.Link.Trim())
            {
                // The slave still uses some of it: look again when it has been quiet for as long once more.
                _mayTrim = true;
                _largeSentAt = Stopwatch.GetTimestamp();
            }
        }

        if (!_shared.Trim())
        {
            _mayTrim = true;
            _largeSentAt = Stopwatch.GetTimestamp();
        }
    }

    private protected override void Leave()
    {
        lock (_changes)
        {
            while (_changes.TryDequeue(out var change))
            {
                change.Link?.Link.Dispose();
                change.Arrival.Message?.Dispose();
            }
        }

        _links.ForEach(slave => slave.Link.Dispose());
        _links.Clear();
        Array.Clear(_seats);
        _shared.Dispose();

        Left?.Invoke();
    }

    private SlaveLink? Seat(int rank) => (uint)rank < (uint)_seats.Length ? _seats[rank] : null;

    private void Post(in Change change)
    {
        lock (_changes)
        {
            if (IsDisposed)
            {
                change.Link?.Link.Dispose();
                return;
            }

            _changes.Enqueue(change);
            _hasChanges = true;
        }

        RingSelf();
        Alarm?.Invoke();
    }

    private bool TryReceive(SlaveLink slave, out Arrival arrival)
    {
        arrival = default;
        if (slave.IsBroken)
        {
            return false;
        }

        if (!slave.HasJoined)
        {
            if (!slave.Link.Segment.IsReady)
            {
                return false;
            }

            slave.HasJoined = true;
            arrival = new Arrival(ArrivalKind.RankJoined, slave.Rank, slave.Incarnation);
            return true;
        }

        try
        {
            var message = slave.Link.TryReceive(_pool);
            arrival = new Arrival(ArrivalKind.Message, slave.Rank, slave.Incarnation, message);
            return message is not null;
        }
        catch (CorruptFrameException exception)
        {
            slave.IsBroken = true;
            _broken?.Invoke(slave.Rank, slave.Incarnation, exception.Message);
            arrival = new Arrival(ArrivalKind.RankLost, slave.Rank, slave.Incarnation, null, new RankLoss($"sent a {exception.Message}"));
            return true;
        }
    }

    private void PushBacklogs()
    {
        _backlogged = 0;
        foreach (var slave in _links)
        {
            if (slave.Link.HasBacklog)
            {
                slave.Link.PushBacklog();
                _backlogged += slave.Link.HasBacklog ? 1 : 0;
            }
        }
    }
}
