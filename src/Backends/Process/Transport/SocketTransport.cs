using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>Unix-domain sockets, one pair for each slave.</summary>
internal sealed class SocketTransport(int cores) : SlaveTransport
{
    internal const string TransportName = "socket";

    private readonly SocketMasterCommunicator _communicator = new(cores);

    internal override string Name => TransportName;

    internal override Communicator Communicator => _communicator;

    internal override TransportSeat Make(int rank, int incarnation)
    {
        var (here, there) = LocalSocket.CreatePair();
        return new TransportSeat([there], [], () => _communicator.Attach(rank, incarnation, here), () => Descriptors.Close(there), () =>
        {
            Descriptors.Close(here);
            Descriptors.Close(there);
        });
    }

    internal override void Announce(in Arrival loss) => _communicator.Announce(loss);

    internal override void Detach(int rank, int incarnation) => _communicator.Detach(rank);
}

/// <summary>A slave's end of a socket.</summary>
internal sealed class SocketConnection(SocketSlaveCommunicator communicator) : ISlaveConnection
{
    public Communicator Communicator => communicator;

    public bool HoldsBack => false; // A send returns when the system has the message.
}
