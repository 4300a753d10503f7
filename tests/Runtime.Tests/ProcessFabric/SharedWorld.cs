using System;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>A master and one slave over the same shared memory, both in this process. The slave opens the descriptors again, as one in another process does.</summary>
internal sealed class SharedWorld : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly MasterSegment _slavesMaster;

    public SharedWorld(int ringBytes = SlaveSegment.DefaultRingBytes, int cores = 2)
    {
        MasterSegment = MasterSegment.Create(cores);
        Master = new ShmMasterCommunicator(MasterSegment, (_, _, what) => Broken = what);
        _slavesMaster = MasterSegment.Open(Backends.Native.Descriptors.Duplicate(MasterSegment.Descriptor), MasterSegment.Secret);
        Segment = SlaveSegment.Create(MasterSegment, 1, 1, ringBytes);
        Master.Attach(1, 1, Segment);
        SlavesSegment = Opened(Segment);
        Slave = new ShmSlaveCommunicator(_slavesMaster, SlavesSegment, 2);
    }

    public MasterSegment MasterSegment { get; }

    public SlaveSegment Segment { get; }

    public SlaveSegment SlavesSegment { get; }

    public ShmMasterCommunicator Master { get; }

    public ShmSlaveCommunicator Slave { get; }

    public string? Broken { get; private set; }

    public static WireBlock Block(Array array, nuint bytes) => new(array, bytes, WireBlockOwnership.Sender);

    public SlaveSegment Opened(SlaveSegment segment)
    {
        var (memory, down, up) = segment.Descriptors;
        return SlaveSegment.Open(Backends.Native.Descriptors.Duplicate(memory), Backends.Native.Descriptors.Duplicate(down), Backends.Native.Descriptors.Duplicate(up), MasterSegment.Secret);
    }

    public void Dispose()
    {
        Slave.Dispose();
        Master.Dispose();
        SlavesSegment.Dispose();
        Segment.Dispose();
        _slavesMaster.Dispose();
        MasterSegment.Dispose();
    }
}

internal static class Arrivals
{
    /// <summary>The next arrival, which must be of that kind.</summary>
    public static Arrival Expect(this Communicator communicator, ArrivalKind kind)
    {
        var arrival = communicator.Wait(SharedWorld.Patience);
        return arrival.Kind == kind ? arrival : throw new InvalidOperationException($"{kind} was expected and {arrival} came.");
    }

    public static ReadOnlySpan<byte> Head(this Arrival arrival) => arrival.Message!.Buffer.AsSpan(arrival.Message.Offset, arrival.Message.Length);
}
