using System;
using System.Diagnostics;
using System.Threading;

namespace HpcRuntime.Processing;

/// <summary>The right to drive the master's loop: to use the communicator and the loop's state. One holder at a time: a caller that waits for its
/// commands (which then polls on its own thread, without a thread switch), or the background pump while nobody does.</summary>
internal sealed class Baton(Action wake) : IDisposable
{
    private const int Free = 0;
    private const int Caller = 1;
    private const int Pump = 2;

    /// <summary>Ticks of a millisecond during which a caller kept the baton before the pump parks.</summary>
    private const int TicksBeforeParking = 16;

    private readonly AutoResetEvent _unpark = new(false);
    private readonly object _released = new();
    private int _holder;
    private int _wanting;          // Callers that wait for the pump to let go.
    private volatile int _turns;   // Times a caller let go.
    private volatile bool _pumpParked;

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
        _turns++;
        Interlocked.Exchange(ref _holder, Free);
        if (_pumpParked)
        {
            _pumpParked = false;
            _unpark.Set();
        }
    }

    /// <summary>Waits until the baton has been free, or a caller has had no use for it, for a millisecond; then takes it for the pump. False when closing.</summary>
    internal bool EnterPump(Func<bool> closing)
    {
        var heldTicks = 0;
        while (!closing())
        {
            var turns = _turns;
            var holder = Volatile.Read(ref _holder);
            Thread.Sleep(1);
            if (turns != _turns || Volatile.Read(ref _holder) != holder)
            {
                heldTicks = 0;
            }
            else if (holder == Free)
            {
                // Not past a caller that waits: it has rung for the pump already and would not ring again.
                if (!IsWanted && Interlocked.CompareExchange(ref _holder, Pump, Free) == Free)
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

    /// <summary>Lets a parked pump see that it is closing.</summary>
    internal void Unpark() => _unpark.Set();

    public void Dispose() => _unpark.Dispose();

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
        if (turns != _turns || Volatile.Read(ref _holder) != Caller || closing())
        {
            _pumpParked = false;
            return;
        }

        _unpark.WaitOne();
        _pumpParked = false;
    }
}
