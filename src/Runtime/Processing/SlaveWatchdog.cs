using System;
using System.Diagnostics;
using System.Threading;

namespace HpcRuntime.Processing;

/// <summary>One thread of this process that looks after commands running longer than a millisecond on any slave in it.
/// It wakes every millisecond while commands run, less often the longer all of them have been running, and parks when none runs.</summary>
internal static class SlaveWatchdog
{
    /// <summary>How often a command is looked after in the time that it has taken already.</summary>
    internal const int LooksAnAge = 10;

    private const int QuietTicksBeforeParking = 16;

    /// <summary>Output is shipped and a time-out seen this late at most.</summary>
    private const int MostMilliseconds = 250;

    private static readonly object Gate = new();
    private static readonly AutoResetEvent Rung = new(false);
    private static SlaveLoop[] _slaves = [];
    private static Thread? _thread;
    private static volatile bool _parked;

    internal static void Register(SlaveLoop slave)
    {
        lock (Gate)
        {
            _slaves = [.. _slaves, slave];
            if (_thread is null)
            {
                _thread = new Thread(Watch) { IsBackground = true, Name = "HpcRuntime slave watchdog" };
                _thread.Start();
            }
        }
    }

    internal static void Unregister(SlaveLoop slave)
    {
        lock (Gate)
        {
            _slaves = Array.FindAll(_slaves, s => s != slave);
        }
    }

    /// <summary>Called whenever a command begins; costs one read unless the watchdog is parked.</summary>
    internal static void EnsureAwake()
    {
        if (_parked)
        {
            _parked = false;
            Rung.Set();
        }
    }

    private static void Watch()
    {
        var quiet = 0;
        while (true)
        {
            var youngest = TickAll();
            quiet = youngest == long.MaxValue ? quiet + 1 : 0;
            if (quiet > QuietTicksBeforeParking)
            {
                Park();
                quiet = 0;
            }
            else
            {
                Nap(Interval(youngest));
            }
        }
    }

    /// <summary>The age of the youngest running command, in ticks; <see cref="long.MaxValue"/> when none runs.</summary>
    private static long TickAll()
    {
        var now = Stopwatch.GetTimestamp();
        var youngest = long.MaxValue;
        foreach (var slave in Volatile.Read(ref _slaves))
        {
            var age = slave.Tick(now);
            if (age > 0 && age < youngest)
            {
                youngest = age;
            }
        }

        return youngest;
    }

    /// <summary>A command that begins during a long nap ends it.</summary>
    private static void Nap(int milliseconds)
    {
        if (milliseconds == 1)
        {
            Thread.Sleep(1);
            return;
        }

        _parked = true;
        Rung.WaitOne(milliseconds); // One that began a moment before waits for this nap: the fence of Park would cost more than that.
        _parked = false;
    }

    private static void Park()
    {
        _parked = true;

        // A command that began before the flag was up did not ring: look once more. The barrier spans all threads of the process,
        // so that EnsureAwake needs none on its hot path.
        Interlocked.MemoryBarrierProcessWide();
        if (TickAll() != long.MaxValue)
        {
            _parked = false;
            return;
        }

        Rung.WaitOne();
    }

    /// <summary>A tenth of the age of the youngest command (or of the last word it heard): whatever waits for the watchdog then waits for a tenth of what the command has taken already, and a command of
    /// 10 s costs some 100 looks.</summary>
    private static int Interval(long youngest)
    {
        var milliseconds = youngest == long.MaxValue ? 0 : youngest * 1000 / Stopwatch.Frequency;
        return (int)Math.Clamp(milliseconds / LooksAnAge, 1, MostMilliseconds);
    }
}
