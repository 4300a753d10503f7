using System;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <content>Ranks on other hosts: signs of life, and waking each other.</content>
internal sealed unsafe partial class MpiWorld
{
    /// <summary>In the ticket of a beat: its sender hears no ring of the receiver's.</summary>
    private const int Deaf = 1;

    /// <summary>Beats that pass before anybody calls another deaf.</summary>
    private const int DeafAfter = 3;

    /// <summary>A rank that has not looked for so many beats stood still. It looks once a beat, or up to a nap later.</summary>
    private const int StandstillBeats = 2;

    /// <summary>Milliseconds: calls of the library take microseconds.</summary>
    private const int GatePatience = 20;

    /// <summary>So many in a row, one a second, that could not be given for a call that does not return.</summary>
    private const int MostMissedBeats = 20;

    /// <summary>Of the heartbeat: a slave looks once a second, and is to be gone when the heartbeat is over.</summary>
    private const double PatienceWithMaster = 0.8;

    /// <summary>Signs of life come once a second, or two where one was missed: of a short heartbeat nothing can be spared.</summary>
    private static readonly TimeSpan LeastForLessPatience = TimeSpan.FromSeconds(5);

    private bool _woke; // A hint: threads may overwrite each other.

    private readonly long _beatTicks = Stopwatch.Frequency;
    private long _begunAt; // When all ranks had met, and this one began to beat.
    private long _tendedAt = Stopwatch.GetTimestamp(); // The poller's, as the next two.
    private long _nextLook;
    private bool _toldDeaf;
    private long _nextBeat; // The keeper's.
    private int _missedBeats; // The keeper's.
    private bool _isSilent; // Under the gate.

    /// <summary>Wakes and is woken by ranks on other hosts; null where there are none that this rank talks to, or no network for it.</summary>
    internal RemoteBell? Bell { get; private set; }

    /// <summary>Whether every rank on another host that this one talks to wakes it by a ring: else it looks often.</summary>
    internal bool IsRung { get; private set; }

    /// <summary>Where the master tells what may be of use to somebody one day.</summary>
    internal Serilog.ILogger? Log { get; set; }

    /// <summary>Wakes a rank that sleeps.</summary>
    internal void Ring(MpiPeer peer)
    {
        if (peer.IsLocal)
        {
            if (peer.Word.Ring())
            {
                _woke = true;
            }
        }
        else
        {
            Bell?.Ring(peer);
        }
    }

    /// <summary>Whether a rank of this host had to be woken since the last call.</summary>
    internal bool TakeWoken()
    {
        var woke = _woke;
        _woke = false;
        return woke;
    }

    /// <summary>Gives signs of life to ranks on other hosts, each with a ring, whatever the other threads do. The keeper, now and then.</summary>
    internal void BeatRemote(long now)
    {
        if (!HasRemote || now < _nextBeat)
        {
            return;
        }

        _nextBeat = now + _beatTicks - (_beatTicks / 10); // The keeper comes once a second, not to the tick.
        foreach (var peer in Peers)
        {
            if (!TalksTo(peer))
            {
                continue;
            }

            if (!Gate.TryEnter(GatePatience))
            {
                TellThatGateIsTaken();
                return;
            }

            _missedBeats = 0;
            try
            {
                if (_isSilent)
                {
                    return;
                }

                Post.Send(peer!, MpiFrameKind.Beat, IsHeard(peer!, now) ? 0 : Deaf, default, default);
            }
            finally
            {
                Gate.Exit();
            }

            Bell?.Ring(peer!, inAnyCase: true);
            if (peer!.HasDied)
            {
                Role.NoteDeath(); // The library noticed just now.
            }
        }
    }

    /// <summary>The application may have the gate for as long as it likes: no message can say then that this rank lives, but a datagram does.
    /// Else the library may have aborted because a connection broke, and never return from the call in which it did: then nothing of this rank moves any more, and the job is better off without it.</summary>
    private void TellThatGateIsTaken()
    {
        if (Gate.IsLent)
        {
            foreach (var peer in Peers.Where(TalksTo))
            {
                Bell?.Ring(peer!, inAnyCase: true, isLent: true);
            }
        }
        else if (++_missedBeats >= MostMissedBeats)
        {
            Console.Error.WriteLine($"rank {Rank} on {Environment.MachineName}: MPI has not returned from a call for {MostMissedBeats} s; this rank ends");
            OwnProcess.ExitAtOnce(MpiKeeper.MasterGoneCode);
        }
    }

    /// <summary>No more signs of life: MPI is about to end.</summary>
    internal void FallSilent()
    {
        Gate.Enter();
        _isSilent = true;
        Gate.Exit();
    }

    /// <summary>Looks for signs of life of ranks on other hosts. The poller, now and then.</summary>
    internal void Tend()
    {
        Role.Tend();
        if (!HasRemote)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (now < _nextLook)
        {
            return;
        }

        // If this rank stood still, the silence was its own.
        var stoodStill = now - _tendedAt > StandstillBeats * _beatTicks;
        _tendedAt = now;
        _nextLook = now + _beatTicks;
        var rung = Bell is not null;
        var most = Rank == 0 || Settings.Heartbeat < LeastForLessPatience ? Settings.Heartbeat : Settings.Heartbeat * PatienceWithMaster;
        foreach (var peer in Peers)
        {
            if (peer is { HasDied: true, State: PeerState.Free or PeerState.Busy })
            {
                NoteDeath(); // Whoever noticed: a send that failed, say.
            }

            if (!TalksTo(peer))
            {
                continue;
            }

            peer!.HeardAt = stoodStill || peer.HeardAt == 0 ? now : peer.HeardAt;
            if (most is { } limit && Stopwatch.GetElapsedTime(Math.Max(peer.HeardAt, peer.LentAt), now) > limit)
            {
                peer.KilledBecause ??= FormattableString.Invariant($"did not answer for {limit.TotalSeconds:0.###} s (stopped, or its host or network is)");
                peer.FellSilent = true;
                peer.HasDied = true;
                NoteDeath();
                continue;
            }

            rung &= IsHeard(peer, now);
            if (!IsHeard(peer, now))
            {
                TellDeaf(peer, "no datagram of its comes to the master");
            }
        }

        IsRung = rung;
    }

    /// <summary>Takes a rank's sign of life.</summary>
    internal void TakeBeat(MpiPeer from, int ticket)
    {
        if (ticket == Deaf)
        {
            TellDeaf(from, "no datagram of the master's comes to it");
        }
    }

    /// <summary>Whether it is a rank of another host that this one exchanges signs of life with: the master with all, the others with the master.</summary>
    private bool TalksTo(MpiPeer? peer) => peer is { IsLocal: false, HasDied: false, State: not PeerState.Left } && (Rank == 0 || peer.Rank == 0);

    private bool IsHeard(MpiPeer peer, long now) => Bell is not null && RemoteBell.Hears(peer, now);

    private void TellDeaf(MpiPeer peer, string what)
    {
        if (!_toldDeaf && Stopwatch.GetTimestamp() - _begunAt > DeafAfter * _beatTicks && Log is { } log)
        {
            _toldDeaf = true;
            log.Debug("Rank {Rank} on {Host} and the master do not hear each other's doorbell, {What} (UDP is not let through?): whoever is not rung looks every millisecond", peer.Rank, peer.Card.Name, what);
        }
    }

    private int HostOf(HostCard[] cards, int rank)
    {
        var host = Rank > 0 || cards[rank].Board < 0 ? rank : 0;
        while (host < rank && (cards[host].Board < 0 || !cards[host].IsHostOf(cards[rank])))
        {
            host++;
        }

        return host;
    }
}
