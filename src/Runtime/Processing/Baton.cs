using System;
using System.Diagnostics;
using System.Threading;

namespace HpcRuntime.Processing;

/// <summary>The right to drive the master's loop: to use the communicator and the loop's state. One holder at a time: a caller that waits for its
/// commands (which then polls on its own thread, without a thread switch), or the background pump while nobody does. While nothing is to be done either, nobody has it:
/// the pump only looks now and then, and whoever calls next need not wake it.</summary>
/// <param name="wake">Has the holder come back from its wait.</param>
/// <param name="isQuiet">Whether nothing is to be done; asked by the holder.</param>
internal sealed class Baton(Action wake, Func<bool> isQuiet) : IDisposable
{
    private const int Free = 0;
    private const int Caller = 1;
    private const int Pump = 2;

    /// <summary>Ticks of a millisecond during which a caller kept the baton before the pump parks.</summary>
    private const int TicksBeforeParking = 16;

    /// <summary>How long the pump rests while nothing is to be done, in milliseconds: longer each time.</summary>
    private const int ShortestRest = 10;
    private const int LongestRest = 160;

    private readonly AutoResetEvent _unpark = new(false);
    private readonly object _released = new();
    private int _holder;
    private int _wanting;          // Callers that wait for the pump to let go.
    private int _turns;            // Times a caller let go.
    private volatile bool _pumpParked;
    private volatile bool _resting;
    private int _roused;
    private int _rest = ShortestRest; // The pump's own.
    private int _restedAt = -1;       // The turns at its last rest.
    private int _pumpTurns;           // The turns when the pump last took the baton.

    /// <summary>True while a caller waits for the pump.</summary>
    internal bool IsWanted => Volatile.Read(ref _wanting) > 0;

    /// <summary>Takes the baton for a caller, from the pump if need be. False when another caller has it: then that one, or the pump after it, drives.
    /// False also when the pump, in line inside a command perhaps, has not let go after <paramref name="patience"/> milliseconds.</summary>
    internal bool TryEnter(int patience = Timeout.Infinite)
    {
        if (Interlocked.CompareExchange(ref _holder, Caller, Free) == Free)
        {
            return true;
        }

        return TakeFromPump(patience);
    }

    /// <summary>A caller lets go.</summary>
    internal void Exit()
    {
        Interlocked.Increment(ref _turns); // A full fence: a pump that goes to rest now sees the turn, or this sees that it rests.
        var leavesWork = _resting && !isQuiet();
        Interlocked.Exchange(ref _holder, Free);
        if (leavesWork)
        {
            Rouse();
        }

        if (_pumpParked)
        {
            _pumpParked = false;
            _unpark.Set();
        }
    }

    /// <summary>Waits until the baton has been free, or a caller has had no use for it, for a millisecond; then takes it for the pump. False when closing.</summary>
    /// <param name="closing">Whether the end has come.</param>
    /// <param name="roused">Whether something is to be done that no caller waits for: then a free baton is taken at once.</param>
    internal bool EnterPump(Func<bool> closing, bool roused)
    {
        var heldTicks = 0;
        if (roused && !closing() && !IsWanted && TryTakeForPump())
        {
            return true;
        }

        while (!closing())
        {
            var turns = Volatile.Read(ref _turns);
            var holder = Volatile.Read(ref _holder);
            Thread.Sleep(1);
            if (turns != Volatile.Read(ref _turns) || Volatile.Read(ref _holder) != holder)
            {
                heldTicks = 0;
            }
            else if (holder == Free)
            {
                // Not past a caller that waits: it has rung for the pump already and would not ring again.
                if (!IsWanted && TryTakeForPump())
                {
                    return true;
                }
            }
            else if (++heldTicks >= TicksBeforeParking)
            {
                Park(turns, closing);
                heldTicks = 0;
            }
        }

        return false;
    }

    /// <summary>The pump lets go, for a caller that wants to drive.</summary>
    internal void ExitPump()
    {
        lock (_released)
        {
            Interlocked.Exchange(ref _holder, Free);
            Monitor.PulseAll(_released);
        }
    }

    /// <summary>The pump, which has let go because nothing is to be done, rests for a while. True when it was roused: something is to be done by now.</summary>
    /// <param name="isNeeded">Whether something was posted meanwhile, or the end has come.</param>
    internal bool Rest(Func<bool> isNeeded)
    {
        _rest = _restedAt == _pumpTurns ? Math.Min(LongestRest, 2 * _rest) : ShortestRest;
        _restedAt = _pumpTurns;
        _resting = true;

        // What was posted, and who came and went, before the flag was up did not rouse.
        Interlocked.MemoryBarrier();
        var roused = _roused != 0 || isNeeded() || (_turns == _pumpTurns && _unpark.WaitOne(_rest));
        _resting = false;
        Interlocked.Exchange(ref _roused, 0); // Whatever it was for is seen by the look that follows.
        return roused;
    }

    /// <summary>Something is to be done: ends the pump's rest, or the next one before it begins. From any thread.</summary>
    internal void Rouse()
    {
        Interlocked.Exchange(ref _roused, 1);
        if (_resting)
        {
            _resting = false;
            _unpark.Set();
        }
    }

    /// <summary>Lets a parked pump see that it is closing.</summary>
    internal void Unpark() => _unpark.Set();

    public void Dispose() => _unpark.Dispose();

    private bool TryTakeForPump()
    {
        if (Interlocked.CompareExchange(ref _holder, Pump, Free) != Free)
        {
            return false;
        }

        _pumpTurns = _turns;
        return true;
    }

    private bool TakeFromPump(int patience)
    {
        var clock = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _wanting);
        try
        {
            while (true)
            {
                switch (Interlocked.CompareExchange(ref _holder, Caller, Free))
                {
                    case Free:
                        return true;
                    case Caller:
                        return false;
                }

                wake();
                lock (_released)
                {
                    if (Volatile.Read(ref _holder) == Pump)
                    {
                        Monitor.Wait(_released, patience);
                    }
                }

                if (patience != Timeout.Infinite && Stopwatch.GetElapsedTime(clock).TotalMilliseconds >= patience)
                {
                    return false;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _wanting);
        }
    }

    private void Park(int turns, Func<bool> closing)
    {
        _pumpParked = true;

        // A caller that let go before the flag was up did not ring: look once more.
        Interlocked.MemoryBarrier();
        if (turns != Volatile.Read(ref _turns) || Volatile.Read(ref _holder) != Caller || closing())
        {
            _pumpParked = false;
            return;
        }

        _unpark.WaitOne();
        _pumpParked = false;
    }
}
