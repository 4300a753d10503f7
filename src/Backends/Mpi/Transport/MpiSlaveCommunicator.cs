using System;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A slave's communicator while it serves one processor; with ticket 0 while it waits for one.</summary>
internal sealed class MpiSlaveCommunicator : MpiCommunicator
{
    private readonly MpiPeer _master;

    internal MpiSlaveCommunicator(MpiWorld world, int ticket, SlaveOpening opening) : base(world)
    {
        _master = world.Peers[0]!;
        (Ticket, Rank, Size) = (ticket, opening.Seat, opening.Size);
        ((MpiSlaveRole)world.Role).Serving = this;
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Size { get; }

    internal int Ticket { get; }

    /// <inheritdoc/>
    /// <remarks>Slaves talk to the master only: a message to another slave is dropped.</remarks>
    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        if (destination == 0 && !IsDisposed)
        {
            World.Send(_master, MpiFrameKind.Message, Ticket, head, blocks);
        }
    }

    private protected override Arrival AfterLeaving() => new(ArrivalKind.RankLost, 0, 1, null, new RankLoss("this slave has left"));

    private protected override void PassOn()
    {
        // A slave serves one processor at a time: nobody else waits.
    }

    private protected override void Leave()
    {
    }
}
