using System;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Process;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Both ends of one slave's segment in this process, without communicators: what a link does is seen byte by byte.</summary>
internal sealed unsafe class RingPair : IDisposable
{
    private readonly Mapping _ring;

    public RingPair(int ringBytes)
    {
        Master = MasterSegment.Create(2);
        Segment = SlaveSegment.Create(Master, 1, 1, ringBytes);
        _ring = Segment.MapUpRing();
        Producer = new RingProducer(Segment.UpControl, _ring.Address, ringBytes);
        Consumer = AnotherConsumer();
    }

    public MasterSegment Master { get; }

    public SlaveSegment Segment { get; }

    public RingProducer Producer { get; }

    public RingConsumer Consumer { get; }

    public Span<byte> Bytes => new(_ring.Address, Segment.RingBytes);

    public ref long Tail => ref *(long*)(Segment.UpControl + RingLayout.TailAt);

    /// <summary>A reader that has read nothing yet.</summary>
    public RingConsumer AnotherConsumer() => new(Segment.UpControl, _ring.Address, Segment.RingBytes);

    public void Dispose()
    {
        _ring.Dispose();
        Segment.Dispose();
        Master.Dispose();
    }
}
