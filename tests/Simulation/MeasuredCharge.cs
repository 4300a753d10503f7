using System;
using System.Runtime.InteropServices;

namespace HpcRuntime.Simulation;

/// <summary>What the master's thread really used of its core, as the kernel counts it: other processes on the machine do not count. What reading that clock costs is taken off.</summary>
internal sealed partial class MeasuredCharge : MasterCharge
{
    private const int ThreadCpuTime = 3; // CLOCK_THREAD_CPUTIME_ID of <time.h>.
    private const int Calibrations = 20_000;

    private readonly long _readCost;
    private long _resumed;

    internal MeasuredCharge()
    {
        var least = long.MaxValue;
        for (var i = 0; i < Calibrations; i++)
        {
            var before = Read();
            least = Math.Min(least, Read() - before);
        }

        _readCost = least;
        Resume();
    }

    internal override long Pause(int results) => Math.Max(0, Read() - _resumed - _readCost);

    internal override void Resume() => _resumed = Read();

    /// <summary>Nanoseconds, which are the ticks of Stopwatch wherever this clock exists.</summary>
    private static long Read()
    {
        _ = ClockGetTime(ThreadCpuTime, out var time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }
}
