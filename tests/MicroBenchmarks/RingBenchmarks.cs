using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Process;

namespace HpcRuntime.MicroBenchmarks;

/// <summary>A frame through the shared-memory ring of the process fabric, both ends on one thread: what the ring itself costs, without another core.</summary>
[MemoryDiagnoser]
public unsafe class RingBenchmarks
{
    private const int RingBytes = 256 * 1024;

    private MasterSegment _master = null!;
    private SlaveSegment _segment = null!;
    private Mapping _ring = null!;
    private RingProducer _producer = null!;
    private RingConsumer _consumer = null!;

    [Params(16, 1024, 65536)]
    public int FrameBytes { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _master = MasterSegment.Create(2);
        _segment = SlaveSegment.Create(_master, 1, 1, RingBytes);
        _ring = _segment.MapUpRing();
        _producer = new RingProducer(_segment.UpControl, _ring.Address, RingBytes);
        _consumer = new RingConsumer(_segment.UpControl, _ring.Address, RingBytes);
    }

    [Benchmark]
    public int Frame()
    {
        var frame = _producer.TryReserve(FrameBytes);
        frame.Fill(1);
        BinaryPrimitives.WriteInt32LittleEndian(frame, FrameBytes); // A frame begins with its length.
        _producer.Publish();
        var read = _consumer.TryRead().Length;
        _consumer.Release();
        return read;
    }

    [GlobalCleanup]
    public void Close()
    {
        _ring.Dispose();
        _segment.Dispose();
        _master.Dispose();
    }
}
