using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;

namespace HpcRuntime.Fabrics;

/// <summary>What has arrived at one rank of this process. Many threads put, the rank's one driving thread takes.
/// A waiting rank spins while there are cores for all ranks that are awake, else yields twice; then it parks on the monitor.</summary>
internal sealed class Mailbox
{
    /// <summary>How long a rank spins before it parks, when cores are free: several round trips of an empty command.</summary>
    private static readonly long SpinTicks = Stopwatch.Frequency * 20 / 1_000_000;

    /// <summary>The same after a message that had to wake its receiver, whose first steps are slow.</summary>
    private static readonly long SpinTicksAfterWaking = 5 * SpinTicks;

    /// <summary>Ranks of this process that are not parked.</summary>
    private static int _awake;

    private readonly object _gate = new();
    private List<Arrival> _incoming = [];
    private List<Arrival> _taken = [];
    private int _next;
    private volatile bool _pending;
    private bool _woken;
    private bool _parked;
    private bool _counted;

    /// <summary>Whether this rank has sent a message since its last spin that had to wake its receiver. Driving thread.</summary>
    internal bool WokeAnother { get; set; }

    /// <summary>True when the rank had to be woken.</summary>
    internal bool Put(in Arrival arrival)
    {
        lock (_gate)
        {
            _incoming.Add(arrival);
            _pending = true;
            if (!_parked)
            {
                return false;
            }

            _parked = false;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    internal void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            _pending = true;
            if (_parked)
            {
                _parked = false;
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>The next arrival; <see cref="ArrivalKind.Deadline"/> when none came within <paramref name="timeout"/>.</summary>
    internal Arrival Take(TimeSpan timeout)
    {
        if (_next < _taken.Count)
        {
            return TakeNext();
        }

        if (!_pending)
        {
            if (timeout == TimeSpan.Zero)
            {
                return new Arrival(ArrivalKind.Deadline);
            }

            if (!_counted)
            {
                _counted = true;
                Interlocked.Increment(ref _awake);
            }

            Spin();
        }

        return TakeOrPark(timeout);
    }

    /// <summary>The driving thread goes away for a while: it is not one of those that are awake.</summary>
    internal void Rest()
    {
        lock (_gate)
        {
            Uncount();
        }
    }

    /// <summary>Empties the box and releases the messages in it.</summary>
    internal void Drain()
    {
        lock (_gate)
        {
            Uncount();
            foreach (var arrival in _incoming)
            {
                arrival.Message?.Dispose();
            }

            _incoming.Clear();
        }
    }

    private void Uncount()
    {
        if (_counted)
        {
            _counted = false;
            Interlocked.Decrement(ref _awake);
        }
    }

    private Arrival TakeNext()
    {
        var arrival = _taken[_next];
        _taken[_next++] = default;
        return arrival;
    }

    private void Spin()
    {
        if (Volatile.Read(ref _awake) > Environment.ProcessorCount)
        {
            Thread.Yield();
            if (!_pending)
            {
                Thread.Yield();
            }

            return;
        }

        var woke = WokeAnother;
        WokeAnother = false;
        var end = Stopwatch.GetTimestamp() + (woke ? SpinTicksAfterWaking : SpinTicks);
        while (!_pending && Stopwatch.GetTimestamp() < end)
        {
            if (woke)
            {
                Thread.Yield(); // Whoever was woken may have been put on this very core, behind this loop.
            }
            else
            {
                Thread.SpinWait(8);
            }
        }
    }

    private Arrival TakeOrPark(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (!_pending && timeout != TimeSpan.Zero)
            {
                _parked = true;
                Interlocked.Decrement(ref _awake);
                Monitor.Wait(_gate, timeout);
                Interlocked.Increment(ref _awake);
                _parked = false;
            }

            if (_incoming.Count > 0)
            {
                (_incoming, _taken) = (_taken, _incoming);
                _incoming.Clear();
                _next = 0;
                _pending = _woken;
            }
            else if (_woken)
            {
                _woken = false;
                _pending = false;
                return new Arrival(ArrivalKind.Woken);
            }
            else
            {
                return new Arrival(ArrivalKind.Deadline);
            }
        }

        return TakeNext();
    }
}
