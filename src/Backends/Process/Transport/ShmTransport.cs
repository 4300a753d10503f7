using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>Rings in shared memory, one pair for each slave.</summary>
internal sealed class ShmTransport : SlaveTransport
{
    internal const string TransportName = "shm";

    private readonly MasterSegment _segment;
    private readonly ShmMasterCommunicator _communicator;
    private readonly byte[] _secret;

    internal ShmTransport(int cores)
    {
        _segment = MasterSegment.Create(cores);
        _communicator = new ShmMasterCommunicator(_segment) { Left = _segment.Dispose };
        _secret = _segment.Secret.ToArray();
    }

    internal override string Name => TransportName;

    internal override Communicator Communicator => _communicator;

    internal override TransportSeat Make(int rank, int incarnation)
    {
        var slave = SlaveSegment.Create(_segment, rank, incarnation);
        var (memory, down, up) = slave.Descriptors;
        return new TransportSeat([_segment.Descriptor, memory, down, up], _secret, Attach, slave.Dispose, slave.Dispose);

        void Attach()
        {
            _communicator.Attach(rank, incarnation, slave);
            _communicator.Announce(new Arrival(ArrivalKind.RankJoined, rank, incarnation));
        }
    }

    internal override void Announce(in Arrival loss) => _communicator.Announce(loss);

    internal override void Detach(int rank, int incarnation) => _communicator.Detach(rank, incarnation);
}

/// <summary>A slave's end of its rings. Kept for the life of the process.</summary>
internal sealed class ShmConnection : ISlaveConnection
{
    private readonly ShmSlaveCommunicator _communicator;

    private ShmConnection(ShmSlaveCommunicator communicator) => _communicator = communicator;

    public Communicator Communicator => _communicator;

    public bool HoldsBack => _communicator.HasBacklog;

    internal static ShmConnection Open(SlaveSetup setup, int[] descriptors)
    {
        var master = MasterSegment.Open(descriptors[0], setup.Secret);
        var segment = SlaveSegment.Open(descriptors[1], descriptors[2], descriptors[3], setup.Secret);
        return new ShmConnection(new ShmSlaveCommunicator(master, segment, setup.Size));
    }
}
