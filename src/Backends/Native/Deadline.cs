using System;
using System.Diagnostics;

namespace HpcRuntime.Backends.Native;

/// <summary>When a wait ends.</summary>
internal static class Deadline
{
    /// <summary>The end of a wait that begins now, in Stopwatch ticks; long.MaxValue where the clock cannot count so far.</summary>
    internal static long After(TimeSpan timeout)
    {
        var ticks = timeout.TotalSeconds * Stopwatch.Frequency;
        return ticks >= long.MaxValue / 2 ? long.MaxValue : Stopwatch.GetTimestamp() + Math.Max(0, (long)ticks);
    }
}
