using System;
using System.Diagnostics;

namespace HpcRuntime.Tests.Processing;

/// <summary>A clock that a test moves.</summary>
internal sealed class HandClock : TimeProvider
{
    private long _now = Stopwatch.Frequency;

    public override long TimestampFrequency => Stopwatch.Frequency;

    public override long GetTimestamp() => _now;

    internal void Advance(TimeSpan by) => _now += (long)(by.TotalSeconds * Stopwatch.Frequency);
}
