using System;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>How a rank waits on shared memory, whatever it waits for: it looks, spins for a moment while every awake rank has a core (else yields twice), then sleeps on its word until rung.
/// An idle rank costs nothing: it wakes for what arrives, for its caller's deadline, and once to give back the memory of large messages.</summary>
internal abstract class ShmCommunicator : Communicator
{
    /// <summary>Longer than a rank needs to wake up, so that whoever wakes one sees its answer without falling asleep itself.</summary>
    private static readonly long SpinTicks = Stopwatch.Frequency * 50 / 1_000_000;

    /// <summary>The same after a message that had to wake its receiver, whose first steps are slow.</summary>
    private static readonly long SpinTicksAfterWaking = 2 * SpinTicks;

    /// <summary>A few round trips between cores that are both running.</summary>
    private const int LooksBeforeYielding = 100;

    /// <summary>How long no large message was sent before the memory that they used goes back.</summary>
    private static readonly long TrimTicks = Stopwatch.Frequency;

    private readonly MasterSegment _master;
    private readonly ParkWord _word;
    private readonly object _wakeGate = new(); // The word is not rung once the memory is gone.
    private int _woken;
    private bool _disposed;
    private bool _awake;
    private bool _slept; // Since it last spun.

    private protected ShmCommunicator(MasterSegment master, ParkWord word)
    {
        _master = master;
        _word = word;
    }

    /// <summary>Whether this rank has left.</summary>
    private protected bool IsDisposed => Volatile.Read(ref _disposed);

    /// <summary>Whether a message was sent since the last spin that had to wake its receiver. Driving thread.</summary>
    private protected bool WokeAnother { get; set; }

    /// <summary>When large messages were last sent, in Stopwatch ticks; null when no memory of theirs is held.</summary>
    private protected abstract long? TrimmableSince { get; }

    /// <inheritdoc/>
    public sealed override Arrival Wait(TimeSpan timeout)
    {
        if (TryLook(out var arrival) || timeout == TimeSpan.Zero)
        {
            return arrival;
        }

        var end = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Deadline.After(timeout);
        Awaken();
        while (true)
        {
            if (TrySpin(end, out arrival) || TrySleep(end, out arrival))
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
        _ = TrimIfDue(Stopwatch.GetTimestamp());
        _master.SetAwake(Rank, false);
        _awake = false;
    }

    /// <inheritdoc/>
    public sealed override void Wake()
    {
        Volatile.Write(ref _woken, 1);
        RingSelf();
    }

    /// <inheritdoc/>
    public sealed override void Dispose()
    {
        lock (_wakeGate)
        {
            if (_disposed)
            {
                return;
            }

            _master.SetAwake(Rank, false);
            Volatile.Write(ref _disposed, true);
            _word.Ring();
        }

        Leave();
    }

    /// <summary>Has this rank look again. From any thread.</summary>
    private protected void RingSelf()
    {
        lock (_wakeGate)
        {
            if (!_disposed)
            {
                _word.Ring();
            }
        }
    }

    /// <summary>What there is to take now. Driving thread.</summary>
    private protected abstract bool TryTake(out Arrival arrival);

    /// <summary>What a rank that has left sees.</summary>
    private protected abstract Arrival AfterLeaving();

    /// <summary>Gives back memory that large messages used. Driving thread.</summary>
    private protected abstract void Trim();

    /// <summary>Releases the rings.</summary>
    private protected abstract void Leave();

    private bool TryLook(out Arrival arrival)
    {
        if (IsDisposed)
        {
            arrival = AfterLeaving();
            return true;
        }

        if (Volatile.Read(ref _woken) != 0)
        {
            // A full fence: with a plain write, a second wake could be undone by this one, which the processor had not yet let out when its caller looked and saw nothing.
            Interlocked.Exchange(ref _woken, 0);
            arrival = new Arrival(ArrivalKind.Woken);
            return true;
        }

        return TryTake(out arrival);
    }

    private bool TrySpin(long end, out Arrival arrival)
    {
        // One that this rank woke, or that woke it, may have been put on this very core, behind this loop.
        var woke = WokeAnother;
        var mayShareCore = woke || _slept;
        (WokeAnother, _slept) = (false, false);
        var until = Math.Min(end, Stopwatch.GetTimestamp() + (woke ? SpinTicksAfterWaking : SpinTicks));
        if (_master.SpinIsWelcome())
        {
            for (var looks = mayShareCore ? 0 : LooksBeforeYielding; looks > 0; looks--)
            {
                if (TryLook(out arrival))
                {
                    return true;
                }

                Pause.Once();
            }

            do
            {
                OwnProcess.Yield();
                if (TryLook(out arrival))
                {
                    return true;
                }
            }
            while (Stopwatch.GetTimestamp() < until && _master.SpinIsWelcome());

            return false;
        }

        OwnProcess.Yield();
        if (TryLook(out arrival))
        {
            return true;
        }

        OwnProcess.Yield();
        return TryLook(out arrival);
    }

    private bool TrySleep(long end, out Arrival arrival)
    {
        var now = Stopwatch.GetTimestamp();
        var until = Math.Min(end, TrimIfDue(now));
        _master.SetAwake(Rank, false);
        _awake = false;
        _word.Raise();
        var found = TryLook(out arrival);
        if (!found && until > now)
        {
            _word.Sleep(until == long.MaxValue ? -1 : (long)((until - now) * (1e9 / Stopwatch.Frequency)) + 1);
            _slept = true;
        }

        if (found && IsDisposed)
        {
            return true;
        }

        _word.Lower();
        Awaken();
        return found || TryLook(out arrival);
    }

    /// <summary>Gives memory back when it is time; when it will be, if it is not.</summary>
    private long TrimIfDue(long now)
    {
        var due = TrimmableSince is { } since ? since + TrimTicks : long.MaxValue;
        if (due > now)
        {
            return due;
        }

        Trim();
        return long.MaxValue;
    }

    private void Awaken()
    {
        if (!_awake)
        {
            _awake = true;
            _master.SetAwake(Rank, true);
        }
    }
}
