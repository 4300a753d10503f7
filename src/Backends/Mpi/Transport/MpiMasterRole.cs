using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>The master's half: lends ranks to processors, hands each what comes from its own, and buries the dead.</summary>
internal sealed class MpiMasterRole(MpiWorld world) : MpiRole
{
    /// <summary>Looks without a message after which nothing of a dead rank is to come any more.</summary>
    private const int QuietLooks = 16;

    private readonly Lock _gate = new();
    private readonly List<MpiMasterCommunicator> _processors = []; // Under the gate.
    private readonly List<MpiMasterCommunicator> _promised = [];   // Under the gate: who waits for a rank to become free, once for each.
    private int _tickets;                                          // Under the gate.
    private volatile bool _several;                                // Written under the gate: whether more than one processor looks.
    private volatile bool _anyDied;
    private int _quiet; // The poller's.

    /// <summary>What several ranks are sent, once for each host.</summary>
    internal MasterSpreads Spreads { get; } = new(world);

    internal override bool IsPassingData => false; // What it sends counts as pending.

    /// <summary>Watches the ranks of this host.</summary>
    internal MpiKeeper? Keeper { get; private set; }

    /// <summary>Whether a rank was lost: no collective call and no MPI_Finalize ends any more.</summary>
    internal bool IsBroken { get; private set; }

    /// <summary>Whether a rank has died whose loss was not told of yet.</summary>
    internal bool AnyDied => _anyDied;

    /// <summary>Whether a rank was told to stop serving and has not come back.</summary>
    internal bool AwaitsAny => Array.Exists(world.Peers, peer => peer is { State: PeerState.Busy, EndBy: not 0, HasDied: false });

    /// <summary>What the user is told of a lost rank when the job cannot go on; set by the fabric.</summary>
    internal Action<string>? CannotGoOn { get; set; }

    /// <summary>Ranks that wait for a processor.</summary>
    internal int FreeCount => Count(PeerState.Free);

    /// <summary>Ranks that could serve a processor, now or when another has let go of them.</summary>
    internal int AliveCount => world.Peers.Count(peer => peer is { State: PeerState.Free or PeerState.Busy });

    internal override void Begin()
    {
        Keeper = new MpiKeeper(world, this);
        Keeper.Start();
    }

    /// <summary>Adds a processor.</summary>
    internal MpiMasterCommunicator Attach()
    {
        var communicator = new MpiMasterCommunicator(world, this);
        lock (_gate)
        {
            _processors.Add(communicator);
            _several = _processors.Count > 1;
        }

        return communicator;
    }

    internal void Detach(MpiMasterCommunicator communicator)
    {
        lock (_gate)
        {
            _processors.Remove(communicator);
            _several = _processors.Count > 1;
            _promised.RemoveAll(promise => promise == communicator);
            foreach (var peer in world.Peers)
            {
                if (peer?.Owner == communicator)
                {
                    peer.Owner = null;
                }
            }
        }
    }

    /// <summary>Lends a free rank to a processor; false when there is none.</summary>
    internal bool TryLend(MpiMasterCommunicator to)
    {
        lock (_gate)
        {
            if (NextFree() is not { } peer)
            {
                return false;
            }

            to.Reserve();
            Assign(peer, to);
            return true;
        }
    }

    /// <summary>Lends a rank to a processor, or the next that becomes free; false when none can, because all that are alive hold other seats.</summary>
    internal bool TryPromise(MpiMasterCommunicator to)
    {
        if (TryLend(to))
        {
            return true;
        }

        lock (_gate)
        {
            var within = world.Peers.Count(peer => peer is { State: PeerState.Busy, HasDied: false } && (peer.Owner is null || peer.Owner == to));
            if (within <= _promised.Count(promise => promise == to))
            {
                return false;
            }

            to.Reserve();
            _promised.Add(to);
            return true;
        }
    }

    /// <summary>Has a rank stop serving: it becomes free when its command has ended, and is ended itself when that takes longer.</summary>
    /// <param name="peer">The rank. Nothing happens where it serves another processor by now, for it may have left this one by itself.</param>
    /// <param name="from">Whom it served.</param>
    /// <param name="within">Null to wait for it however long it takes.</param>
    internal void TakeBack(MpiPeer peer, MpiMasterCommunicator from, TimeSpan? within)
    {
        int ticket;
        lock (_gate)
        {
            if (peer.Owner != from)
            {
                return;
            }

            peer.Owner = null;
            if (peer.State != PeerState.Busy)
            {
                return;
            }

            ticket = peer.Ticket; // From here on it may become free, and be lent under another one.
            peer.EndBy = within is { } limit ? Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency) : 0;
        }

        world.Send(peer, MpiFrameKind.Drop, ticket, default, default);
        Keeper!.Ring();
    }

    internal override bool Take(MpiCommunicator by, MpiPeer from, MpiMessage message, out Arrival arrival)
    {
        arrival = new Arrival(ArrivalKind.Deadline);
        _quiet = 0;
        var (kind, ticket) = (message.Frame.Kind, message.Frame.Ticket);
        if (kind == MpiFrameKind.Message && ticket == from.Ticket && from.Owner is { } owner)
        {
            from.Messages++;
            var arrived = new Arrival(ArrivalKind.Message, from.Seat, from.Incarnation, message);
            if (owner == by)
            {
                arrival = arrived;
                return true;
            }

            // Whoever looked has nothing: seats of two processors have the same numbers, so what is another's would pass for its own.
            owner.Announce(arrived);
            return false;
        }

        using (message)
        {
            switch (kind)
            {
                case MpiFrameKind.Left:
                    lock (_gate)
                    {
                        from.State = from.State == PeerState.Busy && ticket == from.Ticket ? PeerState.Free : from.State;
                        from.EndBy = 0;
                        KeepPromise();
                    }

                    return false;
                case MpiFrameKind.Bye:
                    lock (_gate)
                    {
                        from.State = PeerState.Left;
                    }

                    return false;
                case MpiFrameKind.Fetch or MpiFrameKind.Has or MpiFrameKind.Misses:
                    Spreads.Take(from, kind, SpreadWord.Read(message));
                    return false;
                case MpiFrameKind.Beat:
                    world.TakeBeat(from, ticket);
                    return false;
                default:
                    return false; // From a processor that is closed.
            }
        }
    }

    internal override bool TakeNothing(MpiCommunicator by, out Arrival arrival)
    {
        arrival = new Arrival(ArrivalKind.Deadline);
        if (!_anyDied || ++_quiet < QuietLooks)
        {
            return false;
        }

        // What the dead had sent is taken by now: their loss comes after it.
        _anyDied = false;
        _quiet = 0;
        foreach (var peer in world.Peers)
        {
            if (peer is { HasDied: true } && peer.State is PeerState.Free or PeerState.Busy)
            {
                Bury(peer!);
            }
        }

        return false;
    }

    internal override void Tend() => Spreads.Tend();

    internal override void NoteDeath()
    {
        _anyDied = true;
        world.Word.Ring();
        lock (_gate)
        {
            _processors.ForEach(processor => processor.Alarm?.Invoke());
        }
    }

    /// <summary>Lets another processor look, when one stops.</summary>
    internal void PassOn(MpiMasterCommunicator by)
    {
        if (!_several)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var other in _processors)
            {
                if (other != by && other.Tell())
                {
                    return;
                }
            }
        }
    }

    /// <summary>Under the gate.</summary>
    private MpiPeer? NextFree() => world.Peers.FirstOrDefault(candidate => candidate is { State: PeerState.Free, HasDied: false });

    /// <summary>Has a rank take a reserved seat. Under the gate.</summary>
    private void Assign(MpiPeer peer, MpiMasterCommunicator to)
    {
        (peer.State, peer.Owner, peer.Ticket, peer.Messages, peer.EndBy) = (PeerState.Busy, to, ++_tickets, 0, 0);
        if (!to.TrySeat(peer))
        {
            // The seat was given up meanwhile.
            (peer.State, peer.Owner) = (PeerState.Free, null);
            return;
        }

        world.Send(peer, MpiFrameKind.Open, peer.Ticket, new SlaveOpening(peer.Seat, Math.Max(to.Size, peer.Seat + 1)).Write(), default);
    }

    /// <summary>A rank has become free: whoever has waited longest gets it. Under the gate.</summary>
    private void KeepPromise()
    {
        if (_promised.Count > 0 && NextFree() is { } peer)
        {
            var to = _promised[0];
            _promised.RemoveAt(0);
            Assign(peer, to);
        }
    }

    private void Bury(MpiPeer peer)
    {
        MpiMasterCommunicator? owner;
        lock (_gate)
        {
            (owner, peer.Owner) = (peer.Owner, null);
            peer.State = PeerState.Lost;
            IsBroken = true;

            // Who waits for a rank waits for one of those that are left.
            foreach (var waiting in _promised.Distinct().ToList())
            {
                if (!world.Peers.Any(other => other is { State: PeerState.Busy, HasDied: false } && (other.Owner is null || other.Owner == waiting)))
                {
                    _promised.RemoveAll(promise => promise == waiting);
                    waiting.GiveUpReserved();
                }
            }
        }

        Spreads.Forget(peer);
        var loss = MpiLoss.Of(world, peer, Keeper!.MemoryRanOut);
        owner?.Announce(new Arrival(ArrivalKind.RankLost, peer.Seat, peer.Incarnation, null, loss));
        if (!world.Settings.SurvivesLoss)
        {
            CannotGoOn?.Invoke($"{peer.Described} is lost: {loss.Description}");
        }
    }

    private int Count(PeerState state)
    {
        lock (_gate)
        {
            return world.Peers.Count(peer => peer?.State == state);
        }
    }
}
