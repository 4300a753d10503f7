using System;
using System.Collections.Generic;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>How the master and its slaves talk: makes each slave's end before it starts, and is told when one is gone.</summary>
internal abstract class SlaveTransport : IDisposable
{
    /// <summary>The name, as in <c>process.transport</c>.</summary>
    internal abstract string Name { get; }

    /// <summary>The master's communicator, which owns all that the transport holds; disposed by the processor that was given it.</summary>
    internal abstract Communicator Communicator { get; }

    /// <summary>Makes what one slave and the master share. From any thread.</summary>
    internal abstract TransportSeat Make(int rank, int incarnation);

    /// <summary>Reports a loss, behind everything that the slave has sent. From any thread.</summary>
    internal abstract void Announce(in Arrival loss);

    /// <summary>Lets go of a seat's holder. Driven as the communicator is.</summary>
    internal abstract void Detach(int rank, int incarnation);

    /// <summary>For a communicator that nobody was given.</summary>
    public void Dispose() => Communicator.Dispose();

    /// <summary>The transport of that name, on the master.</summary>
    internal static SlaveTransport Create(string name, int cores) => name switch
    {
        SocketTransport.TransportName => new SocketTransport(cores),
        ShmTransport.TransportName => new ShmTransport(cores),
        _ => throw new ArgumentException($"There is no transport '{name}'."),
    };

    /// <summary>A slave's end over what it inherited.</summary>
    internal static ISlaveConnection Open(SlaveSetup setup)
    {
        var descriptors = new int[setup.Descriptors];
        for (var i = 0; i < descriptors.Length; i++)
        {
            descriptors[i] = SlaveSetup.FirstTransportDescriptor + i;
        }

        return setup.Transport switch
        {
            SocketTransport.TransportName => new SocketConnection(new SocketSlaveCommunicator(setup.Rank, setup.Size, descriptors[0], setup.Cores)),
            ShmTransport.TransportName => ShmConnection.Open(setup, descriptors),
            _ => throw new ArgumentException($"There is no transport '{setup.Transport}'."),
        };
    }
}

/// <summary>A slave's end.</summary>
internal interface ISlaveConnection
{
    Communicator Communicator { get; }

    /// <summary>Whether something that was sent is still in this process, and would not survive it.</summary>
    bool HoldsBack { get; }
}

/// <summary>A slave's end, until the slave has inherited it.</summary>
/// <param name="Descriptors">What it inherits, in this order.</param>
/// <param name="Secret">What it must be told to use them; empty for nothing.</param>
/// <param name="Attach">Gives the slave its seat on the master, and announces it. From any thread, at most once, before <see cref="Release"/>.</param>
/// <param name="Release">Closes what only the slave needs. Called once it has started.</param>
/// <param name="Discard">Closes both ends of one that is not attached and will not be.</param>
internal sealed record TransportSeat(IReadOnlyList<int> Descriptors, byte[] Secret, Action Attach, Action Release, Action Discard);
