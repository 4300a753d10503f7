using System;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A thread beside those that run commands: sees at once when a process of this host ends, is rung by other hosts, gives signs of life, and ends ranks that do not leave.</summary>
#pragma warning disable CA1001 // It lives as long as the process, and its thread waits on what it owns.
internal sealed class MpiKeeper(MpiWorld world, MpiMasterRole? master)
#pragma warning restore CA1001
{
    /// <summary>The exit code of a slave whose master is gone.</summary>
    internal const int MasterGoneCode = 4;

    private const int IntervalMilliseconds = 1000;
    private const int BusyIntervalMilliseconds = 50;

    /// <summary>A rank that was told to end and has not after this long is killed, where its host is the master's.</summary>
    private static readonly long KillTicks = Stopwatch.Frequency;

    /// <summary>A keeper that has not looked for so long stood still itself.</summary>
    private static readonly long StandstillTicks = 2 * Stopwatch.Frequency;

    /// <summary>The key of the bell, beside those of ranks.</summary>
    private const int BellKey = -2;

    private readonly EventPoll _poll = new();
    private readonly OomKills? _oomKills = master is null ? null : new();
    private long _lookedAt;

    /// <summary>Whether the system has just ended a process of this host because memory ran out. The master's.</summary>
    internal bool MemoryRanOut => _oomKills?.AnyLately == true;

    internal void Start() => new System.Threading.Thread(Keep) { IsBackground = true, Name = "HpcRuntime mpi keeper" }.UnsafeStart();

    /// <summary>There is something new to look after.</summary>
    internal void Ring() => _poll.Ring();

    private void Keep()
    {
        Span<int> keys = stackalloc int[64];
        foreach (var peer in world.Peers)
        {
            if (peer?.Process is { } process)
            {
                _poll.Watch(process.Descriptor, peer.Rank);
            }
        }

        if (world.Bell is { } bell)
        {
            _poll.Watch(bell.Descriptor, BellKey);
        }

        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            world.Board?.Beat(world.Local, now);
            _oomKills?.Note(now);
            world.BeatRemote(now);
            var busy = master is not null && LookAfterRanks(now);
            var count = _poll.Wait(keys, busy ? BusyIntervalMilliseconds : IntervalMilliseconds);
            for (var i = 0; i < count; i++)
            {
                if (keys[i] == BellKey && world.Bell!.Answer(world.Peers))
                {
                    world.Word.Ring();
                }
                else if (keys[i] >= 0)
                {
                    HasEnded(world.Peers[keys[i]]!);
                }
            }
        }
    }

    private void HasEnded(MpiPeer peer)
    {
        _poll.Forget(peer.Process!.Descriptor);
        peer.HasDied = true;
        world.Role.NoteDeath();
    }

    /// <summary>Whether there is a deadline to look after.</summary>
    private bool LookAfterRanks(long now)
    {
        var busy = false;
        var stoodStill = now - _lookedAt > StandstillTicks;
        _lookedAt = now;
        foreach (var peer in world.Peers.OfType<MpiPeer>())
        {
            if (peer.State is PeerState.Lost or PeerState.Left || peer.HasDied)
            {
                continue;
            }

            if (peer.EndBy != 0)
            {
                busy = true;
                if (now > peer.EndBy)
                {
                    End(peer, now);
                }
            }
            else if (peer.IsLocal && world.Settings.Heartbeat is { } most && Silence(peer, now, stoodStill) > most)
            {
                peer.KilledBecause ??= FormattableString.Invariant($"showed no life for {most.TotalSeconds:0.###} s (stopped, or its machine is)");
                peer.FellSilent = true;
                GiveUpUnlessSurvived(peer);
                peer.Process?.Signal(Signals.Kill);
            }
        }

        return busy;
    }

    private void End(MpiPeer peer, long now)
    {
        if (!peer.WasToldToEnd)
        {
            // Of its own accord, so that a launcher sees no signal: some end the whole job at one.
            peer.WasToldToEnd = true;
            peer.KilledBecause ??= "was ended with the command that did not stop";
            GiveUpUnlessSurvived(peer);
            world.Send(peer, MpiFrameKind.Die, 0, default, default);
        }
        else if (now > peer.EndBy + KillTicks)
        {
            peer.EndBy = 0;
            if (peer.Process?.Signal(Signals.Kill) != true)
            {
                // Out of reach: whatever it still sends is not heard.
                peer.HasDied = true;
                world.Role.NoteDeath();
            }
        }
    }

    /// <summary>Where the loss of a rank ends the job, it is told of before the rank is ended: a launcher that sees the end of one may end all the others at once.</summary>
    private void GiveUpUnlessSurvived(MpiPeer peer)
    {
        if (!world.Settings.SurvivesLoss)
        {
            master!.CannotGoOn?.Invoke($"{peer.Described} {peer.KilledBecause}");
        }
    }

    /// <summary>How long a rank of this host has shown no life: neither its keeper's beat nor any use of the processor.</summary>
    /// <param name="peer">The rank.</param>
    /// <param name="now">Now, in Stopwatch ticks.</param>
    /// <param name="stoodStill">Whether this process itself stood still: then its silence begins anew.</param>
    private TimeSpan Silence(MpiPeer peer, long now, bool stoodStill)
    {
        var beat = world.Board!.BeatOf(peer.Local);
        if (beat != peer.LastBeat || peer.AliveAt == 0 || stoodStill)
        {
            (peer.LastBeat, peer.AliveAt, peer.ProcessorTime) = (beat, now, -1);
            return TimeSpan.Zero;
        }

        var silence = Stopwatch.GetElapsedTime(peer.AliveAt, now);
        if (silence.TotalSeconds < 3)
        {
            return TimeSpan.Zero;
        }

        // A process that is held up by a long garbage collection is at work all the same.
        var used = ProcessorTime.Of(peer.Card.ProcessId);
        if (used != peer.ProcessorTime)
        {
            (peer.ProcessorTime, peer.AliveAt) = (used, peer.ProcessorTime < 0 ? peer.AliveAt : now);
        }

        return silence;
    }
}
