using System;
using System.Diagnostics;

namespace HpcRuntime.Simulation;

/// <summary>The master's time: stands still until the simulation moves it. In the ticks of <see cref="Stopwatch"/>.</summary>
internal sealed class VirtualClock : TimeProvider
{
    public override long TimestampFrequency => Stopwatch.Frequency;

    internal long Now { get; private set; } = Stopwatch.Frequency; // Not 0, which the loop takes for "never".

    public override long GetTimestamp() => Now;

    internal void AdvanceTo(long time) => Now = Math.Max(Now, time);

    internal static long Ticks(double seconds) => (long)Math.Round(seconds * Stopwatch.Frequency);

    internal static double Seconds(long ticks) => (double)ticks / Stopwatch.Frequency;
}
