using System;
using System.Collections.Generic;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>The master's communicator of one processor: its seats are ranks of the world that are lent to it.</summary>
internal sealed class MpiMasterCommunicator(MpiWorld world, MpiMasterRole role) : MpiCommunicator(world)
{
    private readonly object _gate = new();
    private readonly Dictionary<int, int> _lastIncarnation = []; // Under the gate.
    private readonly SortedSet<int> _reserved = [];              // Under the gate.
    private MpiPeer?[] _seats = new MpiPeer?[8];                 // Written under the gate.
    private int _size = 1;

    /// <inheritdoc/>
    public override int Rank => 0;

    /// <inheritdoc/>
    public override int Size => System.Threading.Volatile.Read(ref _size);

    /// <inheritdoc/>
    /// <remarks>Not where there are other hosts, whose signs of life are looked for, nor while a loss is to be told of, or a rank on its way back.</remarks>
    internal override bool MayRest => !World.HasRemote && !MovesOnlyWhenLookedAt && World.Post.PendingCount == 0 && !role.AnyDied && !role.AwaitsAny;

    /// <summary>Reserves the lowest vacant seat and announces its holder, who may take it later: it is not talked to before it says hello.</summary>
    internal int Reserve()
    {
        int seat, incarnation;
        lock (_gate)
        {
            seat = 1;
            while (seat < _seats.Length && (_seats[seat] is not null || _reserved.Contains(seat)))
            {
                seat++;
            }

            if (seat == _seats.Length)
            {
                Array.Resize(ref _seats, seat * 2);
            }

            _reserved.Add(seat);
            _size = Math.Max(_size, seat + 1);
            incarnation = _lastIncarnation[seat] = _lastIncarnation.GetValueOrDefault(seat) + 1;
        }

        Announce(new Arrival(ArrivalKind.RankJoined, seat, incarnation));
        return seat;
    }

    /// <summary>Gives a rank a seat that is reserved; false when none is.</summary>
    internal bool TrySeat(MpiPeer peer)
    {
        lock (_gate)
        {
            if (_reserved.Count == 0)
            {
                return false;
            }

            var seat = _reserved.Min;
            _reserved.Remove(seat);
            _seats[seat] = peer;
            (peer.Seat, peer.Incarnation) = (seat, _lastIncarnation[seat]);
            return true;
        }
    }

    /// <summary>Gives up what is reserved: nobody comes any more.</summary>
    internal void GiveUpReserved()
    {
        List<Arrival> losses = [];
        lock (_gate)
        {
            foreach (var seat in _reserved)
            {
                losses.Add(new Arrival(ArrivalKind.RankLost, seat, _lastIncarnation[seat], null, new RankLoss("no rank is left to take its seat") { RunningCommand = 0 }));
            }

            _reserved.Clear();
        }

        losses.ForEach(loss => Announce(loss));
    }

    /// <summary>Takes a seat's holder away; null when it is vacant.</summary>
    internal MpiPeer? Vacate(int seat)
    {
        lock (_gate)
        {
            _reserved.Remove(seat);
            if (seat >= _seats.Length || _seats[seat] is not { } peer)
            {
                return null;
            }

            _seats[seat] = null;
            return peer;
        }
    }

    /// <summary>Those that hold a seat.</summary>
    internal IReadOnlyList<MpiPeer> Holders()
    {
        lock (_gate)
        {
            return [.. Array.FindAll(_seats, peer => peer is not null)!];
        }
    }

    /// <summary>Takes what arrives for others for a while; for one that has no seats itself.</summary>
    internal void LookForOthers(TimeSpan patience) => Wait(patience).Message?.Dispose();

    /// <inheritdoc/>
    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        if ((uint)destination < (uint)_seats.Length && _seats[destination] is { } peer && !IsDisposed)
        {
            if (!role.Spreads.TrySend(peer, peer.Ticket, head, blocks))
            {
                World.Send(peer, MpiFrameKind.Message, peer.Ticket, head, blocks);
            }
        }
    }

    private protected override Arrival AfterLeaving() => new(ArrivalKind.Deadline);

    private protected override void PassOn() => role.PassOn(this);

    private protected override void Leave() => role.Detach(this);
}
