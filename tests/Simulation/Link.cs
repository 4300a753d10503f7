using System;
using HpcRuntime.Primitives;

namespace HpcRuntime.Simulation;

/// <summary>One direction of the master's link: messages follow each other at its bandwidth, then take the latency.</summary>
internal sealed class Link(FabricModel model, RandomStream random)
{
    private readonly long[] _lastAt = new long[model.Slaves + 1]; // By slave: its messages keep their order.
    private readonly long _latency = VirtualClock.Ticks(model.Latency);
    private long _freeAt;

    internal long Bytes { get; private set; }

    internal long Messages { get; private set; }

    /// <summary>When a message of <paramref name="bytes"/> that is sent at <paramref name="now"/> arrives.</summary>
    internal long ArrivalOf(int slave, int bytes, long now)
    {
        Bytes += bytes;
        Messages++;
        var whole = bytes + model.FrameBytes;
        _freeAt = Math.Max(_freeAt, now) + VirtualClock.Ticks(whole / model.Bandwidth);
        var late = model.Jitter > 0 ? VirtualClock.Ticks(-model.Jitter * Math.Log(1 - random.NextDouble())) : 0;
        return _lastAt[slave] = Math.Max(_lastAt[slave], _freeAt + _latency + late);
    }
}
