using System;
using System.Collections.Generic;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>How the master and its slaves talk: makes each slave's end before it starts, and is told when one is gone.</summary>
internal abstract class SlaveTransport : IDisposable
{
    /// <summary>The name, as in <c>process.transport</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>The master's communicator; disposed by its owner, before this.</summary>
    internal abstract Communicator Communicator { get; }

    /// <summary>Makes what one slave and the master share, and announces the slave. From any thread.</summary>
    internal abstract TransportSeat Join(int rank, int incarnation);

    /// <summary>Reports a loss, behind everything that the slave has sent. From any thread.</summary>
    internal abstract void Announce(in Arrival loss);

    /// <summary>Lets go of a seat's holder. Driven as the communicator is.</summary>
    internal abstract void Detach(int rank);

    public abstract void Dispose();

    /// <summary>The transport of that name, on the master.</summary>
    internal static SlaveTransport Create(string name, int cores) => name switch
    {
        SocketTransport.TransportName => new SocketTransport(cores),
        _ => throw new ArgumentException($"There is no transport '{name}'."),
    };

    /// <summary>A slave's communicator over what it inherited.</summary>
    internal static Communicator Open(SlaveSetup setup)
    {
        var descriptors = new int[setup.Descriptors];
        for (var i = 0; i < descriptors.Length; i++)
        {
            descriptors[i] = SlaveSetup.FirstTransportDescriptor + i;
        }

        return setup.Transport switch
        {
            SocketTransport.TransportName => new SocketSlaveCommunicator(setup.Rank, setup.Size, descriptors[0], setup.Cores),
            _ => throw new ArgumentException($"There is no transport '{setup.Transport}'."),
        };
    }
}

/// <summary>A slave's end, until the slave has inherited it.</summary>
/// <param name="Descriptors">What it inherits, in this order.</param>
/// <param name="Release">Closes what only the slave needs. Called once.</param>
internal sealed record TransportSeat(IReadOnlyList<int> Descriptors, Action Release);

/// <summary>Unix-domain sockets, one pair for each slave.</summary>
internal sealed class SocketTransport(int cores) : SlaveTransport
{
    internal const string TransportName = "socket";

    private readonly SocketMasterCommunicator _communicator = new(cores);

    internal override string Name => TransportName;

    internal override Communicator Communicator => _communicator;

    internal override TransportSeat Join(int rank, int incarnation)
    {
        var (here, there) = LocalSocket.CreatePair();
        _communicator.Attach(rank, incarnation, here);
        return new TransportSeat([there], () => HpcRuntime.Backends.Native.Descriptors.Close(there));
    }

    internal override void Announce(in Arrival loss) => _communicator.Announce(loss);

    internal override void Detach(int rank) => _communicator.Detach(rank);

    public override void Dispose()
    {
        // Everything belongs to the communicator.
    }
}
