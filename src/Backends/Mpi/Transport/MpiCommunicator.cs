using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>How a rank waits, whatever it waits for: it looks, spins for a moment while every awake rank of its host has a core (else yields twice), then sleeps on its word until rung.
/// A library's blocking calls would burn the core; one look of theirs only starts progress, so whoever wakes looks several times.
/// Where several processors of one master wait, one of them looks for all.</summary>
internal abstract class MpiCommunicator(MpiWorld world) : Communicator
{
    /// <summary>Longer than a rank needs to wake up, so that whoever wakes one sees its answer without falling asleep itself.</summary>
    private static readonly long SpinTicks = Stopwatch.Frequency * 50 / 1_000_000;

    /// <summary>The same after a message that had to wake its receiver, whose first steps are slow.</summary>
    private static readonly long SpinTicksAfterWaking = 2 * SpinTicks;

    /// <summary>The first look may only start what brings a message up.</summary>
    private const int LooksAroundYield = 4;

    /// <summary>Looks before the first sleep, and after a ring: a message may need several to surface.</summary>
    private const int LooksAroundSleep = 4;

    /// <summary>A rank that sleeps looks now and then all the same, should a ring have come before its message: seldom, the longer there is nothing.</summary>
    private const long ShortestNap = 50_000_000;
    private const long LongestNap = 400_000_000;

    private const long ShortestRemoteNap = 50_000;
    private const long LongestUnrungNap = 1_000_000;
    private const long LongestNapWhilePassing = 200_000;
    private const long LongestNapWhileSending = 2_000_000;

    private readonly ConcurrentQueue<Arrival> _inbox = new();
    private readonly object _followerGate = new();
    private long _nap = ShortestNap;
    private long _remoteNap = ShortestRemoteNap;
    private int _woken;
    private volatile bool _disposed;
    private bool _resting;   // The driving thread's.
    private bool _slept;     // The poller's: since it last spun.
    private bool _following; // Under the follower's gate.
    private bool _told;      // Under the follower's gate: something came for it, or it is to look itself.

    /// <summary>Whether this rank has left.</summary>
    private protected bool IsDisposed => _disposed;

    private protected MpiWorld World => world;

    /// <inheritdoc/>
    internal sealed override bool MovesOnlyWhenLookedAt => world.Role.IsPassingData || (world.HasRemote && world.Post.PendingCount > 0);

    /// <inheritdoc/>
    public sealed override Arrival Wait(TimeSpan timeout)
    {
        if (TryLook(out var arrival))
        {
            return arrival;
        }

        if (timeout == TimeSpan.Zero)
        {
            return new Arrival(ArrivalKind.Deadline);
        }

        if (_resting)
        {
            _resting = false;
            world.Board?.SetAwake(world.Local, true);
        }

        var end = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Deadline.After(timeout);
        _nap = ShortestNap;
        _remoteNap = ShortestRemoteNap;
        while (true)
        {
            if (world.TryBePoller())
            {
                bool found;
                try
                {
                    found = TrySpin(end, out arrival) || TrySleep(end, out arrival);
                }
                finally
                {
                    world.EndPolling();
                    PassOn();
                }

                if (found)
                {
                    return arrival;
                }

                // Rung, and nothing there yet: it may be on its way.
                _nap = ShortestNap;
                _remoteNap = Math.Min(_remoteNap, LongestUnrungNap);
            }
            else if (TryFollow(end, out arrival))
            {
                return arrival;
            }

            if (Stopwatch.GetTimestamp() >= end)
            {
                return new Arrival(ArrivalKind.Deadline);
            }
        }
    }

    /// <inheritdoc/>
    internal sealed override void Rest()
    {
        TrimBuffers();
        if (world.TryBePoller())
        {
            _resting = true;
            world.Board?.SetAwake(world.Local, false);
            world.EndPolling();
            PassOn();
        }
    }

    /// <inheritdoc/>
    public sealed override void Wake()
    {
        Volatile.Write(ref _woken, 1);
        Tell();
        world.Word.Ring();
    }

    /// <inheritdoc/>
    public sealed override void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Wake();
        Leave();
        while (_inbox.TryDequeue(out var arrival))
        {
            arrival.Message?.Dispose();
        }
    }

    /// <summary>Has this communicator report an arrival. From any thread.</summary>
    internal void Announce(in Arrival arrival)
    {
        if (_disposed)
        {
            arrival.Message?.Dispose();
            return;
        }

        _inbox.Enqueue(arrival);
        Tell();
        world.Word.Ring();
        Alarm?.Invoke();
    }

    /// <summary>What a rank that has left sees.</summary>
    private protected abstract Arrival AfterLeaving();

    private protected abstract void Leave();

    /// <summary>Another that waits is to look now, since this one does not any more.</summary>
    private protected abstract void PassOn();

    /// <summary>Ends the sleep of one that waits for another's look; false when it does not.</summary>
    internal bool Tell()
    {
        lock (_followerGate)
        {
            if (!_following)
            {
                return false;
            }

            _told = true;
            Monitor.Pulse(_followerGate);
            return true;
        }
    }

    private bool TryLook(out Arrival arrival)
    {
        if (TryTakeOwn(out arrival))
        {
            return true;
        }

        if (!world.TryBePoller())
        {
            return false;
        }

        try
        {
            world.Tend(); // Also where there is always something to do.
            return TryPoll(1, out arrival); // Another may have left something here just before it let go.
        }
        finally
        {
            world.EndPolling();
            PassOn();
        }
    }

    /// <summary>What is there without asking MPI.</summary>
    private bool TryTakeOwn(out Arrival arrival)
    {
        if (_disposed)
        {
            arrival = AfterLeaving();
            return true;
        }

        if (Volatile.Read(ref _woken) != 0)
        {
            // A full fence: what the waker published before is seen by whoever is woken. With a plain write, a second wake could be undone by this one,
            // which the processor had not yet let out when its caller looked and saw nothing.
            Interlocked.Exchange(ref _woken, 0);
            arrival = new Arrival(ArrivalKind.Woken);
            return true;
        }

        if (!_inbox.IsEmpty && _inbox.TryDequeue(out arrival))
        {
            return true;
        }

        arrival = new Arrival(ArrivalKind.Deadline);
        return false;
    }

    private bool TryPoll(out Arrival arrival) => TryTakeOwn(out arrival) || world.TryPoll(this, out arrival);

    /// <summary>So many looks that find nothing. One that takes a word between ranks, which is no arrival, does not count: there may be more behind it.</summary>
    private bool TryPoll(int looks, out Arrival arrival)
    {
        for (var left = looks; left > 0; left--)
        {
            var taken = world.Taken;
            if (TryPoll(out arrival))
            {
                return true;
            }

            if (world.Taken != taken)
            {
                left = looks + 1;
            }
            else if (!world.Receiver.UsesLibrary)
            {
                Pause.Once();
            }
        }

        arrival = new Arrival(ArrivalKind.Deadline);
        return false;
    }

    private bool TrySpin(long end, out Arrival arrival)
    {
        world.Tend();
        if (world.Board?.SpinIsWelcome() == false)
        {
            OwnProcess.Yield();
            if (TryPoll(LooksAroundYield, out arrival))
            {
                return true;
            }

            OwnProcess.Yield();
            return TryPoll(LooksAroundYield, out arrival);
        }

        // One that this rank woke, or that woke it, may have been put on this very core, behind this loop.
        var woke = world.TakeWoken();
        var mayShareCore = woke || _slept;
        _slept = false;
        if (!mayShareCore && TryPoll(world.Receiver.LooksBeforeYielding, out arrival))
        {
            return true;
        }

        var until = Math.Min(end, Stopwatch.GetTimestamp() + (woke ? SpinTicksAfterWaking : SpinTicks));
        do
        {
            OwnProcess.Yield();
            if (TryPoll(LooksAroundYield, out arrival))
            {
                return true;
            }
        }
        while (Stopwatch.GetTimestamp() < until);

        return false;
    }

    private bool TrySleep(long end, out Arrival arrival)
    {
        var word = world.Word;
        world.Board?.SetAwake(world.Local, false);
        bool found;
        bool rung;
        do
        {
            word.Raise();
            world.Receiver.AskSoon();
            found = TryPoll(LooksAroundSleep, out arrival);
            if (!found)
            {
                var left = end == long.MaxValue ? long.MaxValue : (long)((end - Stopwatch.GetTimestamp()) * (1e9 / Stopwatch.Frequency));
                var nap = Math.Min(left, Nap());
                if (nap > 0)
                {
                    word.Sleep(nap);
                    _slept = true;
                }
            }

            // One that was not rung, and sees nothing, sleeps on: only who was rung has a reason to spin.
            rung = word.Lower();
            world.Receiver.AskSoon();
            found = found || TryPoll(LooksAroundSleep, out arrival);
            world.Tend();
        }
        while (!found && !rung && Stopwatch.GetTimestamp() < end);

        world.Board?.SetAwake(world.Local, true);
        return found;
    }

    /// <summary>How long to sleep unless rung, in nanoseconds.</summary>
    private long Nap()
    {
        var nap = _nap;
        _nap = Math.Min(LongestNap, 2 * _nap);
        if (world.HasRemote)
        {
            // A ring may be lost: the longer nothing came, the longer the next look may wait.
            nap = Math.Min(_remoteNap, world.IsRung ? LongestNap : LongestUnrungNap);
            _remoteNap = Math.Min(LongestNap, _remoteNap + (_remoteNap / 4));
        }

        TrimBuffers();
        if (world.Role.IsPassingData || (world.HasRemote && world.Post.PendingCount > 0))
        {
            return Math.Min(nap, LongestNapWhilePassing); // Only calls of the library move what goes over a network.
        }

        return world.Post.PendingCount > 0 ? Math.Min(nap, LongestNapWhileSending) : nap;
    }

    private void TrimBuffers()
    {
        if (world.Post.Buffers.IsTrimmable)
        {
            world.Gate.Enter();
            world.Post.Buffers.Trim();
            world.Gate.Exit();
        }
    }

    private bool TryFollow(long end, out Arrival arrival)
    {
        lock (_followerGate)
        {
            _following = true;

            // Whoever looked until a moment ago told nobody: this one did not follow yet.
            if (!TryTakeOwn(out arrival) && world.IsPolled)
            {
                var milliseconds = end == long.MaxValue ? 50 : Math.Clamp((end - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency, 0, 50);
                if (!_told)
                {
                    Monitor.Wait(_followerGate, (int)milliseconds);
                }
            }

            (_following, _told) = (false, false);
        }

        return arrival.Kind != ArrivalKind.Deadline || TryTakeOwn(out arrival);
    }
}
