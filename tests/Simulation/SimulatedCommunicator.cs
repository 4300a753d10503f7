using System;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Simulation;

/// <summary>The master's communicator: what the master does between two calls is charged to its virtual time, and while it waits the world moves on.</summary>
internal sealed class SimulatedCommunicator(SimulatedWorld world, VirtualClock clock, MasterCharge charge, FabricModel model) : Communicator
{
    private readonly long _messageCost = VirtualClock.Ticks(model.MessageCost);
    private int _resultsTaken;

    public override int Rank => 0;

    public override int Size => world.Size;

    /// <summary>Ticks that the master's own work was charged with; the transport's part not included.</summary>
    internal long ChargedTicks { get; private set; }

    /// <summary>Ticks that its transport took.</summary>
    internal long TransportTicks { get; private set; }

    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        Pause();
        PayTransport();
        world.SendToSlave(destination, head);
        charge.Resume();
    }

    public override Arrival Wait(TimeSpan timeout)
    {
        Pause();
        var until = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : clock.Now + VirtualClock.Ticks(timeout.TotalSeconds);
        var arrival = world.Next(until);
        if (arrival.Message is SimulatedMessage message)
        {
            _resultsTaken = message.Results;
            PayTransport();
        }

        charge.Resume();
        return arrival;
    }

    public override void Wake()
    {
    }

    public override void Dispose()
    {
    }

    /// <summary>Charges what the master has done since it was last given the word.</summary>
    internal void Pause()
    {
        var ticks = charge.Pause(_resultsTaken);
        _resultsTaken = 0;
        ChargedTicks += ticks;
        clock.AdvanceTo(clock.Now + ticks);
    }

    private void PayTransport()
    {
        TransportTicks += _messageCost;
        clock.AdvanceTo(clock.Now + _messageCost);
    }
}
