using System;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Uni;

/// <summary>Master and one slave in one thread, for the debugger: a command runs in line where the master waits, so that F11 steps into it.
/// Everything is serialised all the same: what works here works everywhere.</summary>
public sealed class UniFabric : Fabric
{
    private const int SlaveRank = 1;

    private ConsoleCapture? _capture;

    /// <inheritdoc/>
    public override string Name => "uni";

    /// <inheritdoc/>
    public override FabricTraits Traits { get; } = new(MaxSlaves: 1, InLine: true, SharedMemory: true);

    /// <inheritdoc/>
    public override string Describe() => $"uni: master and one slave in one thread of process {Environment.ProcessId}";

    /// <inheritdoc/>
    public override Communicator Start(RankEntry entry, FabricSettings settings)
    {
        var world = new InProcessWorld();
        var master = world.Open(0);
        var slave = world.Open(SlaveRank);
        _capture = new ConsoleCapture();
        world.Announce(0, new Arrival(ArrivalKind.RankJoined, SlaveRank, slave.Incarnation));
        return new UniCommunicator(master, entry(new RankSetting(slave, _capture)));
    }

    /// <inheritdoc/>
    public override void Dispose() => _capture?.Dispose();
}

/// <summary>The master's communicator: whoever waits on it runs the slave first.</summary>
internal sealed class UniCommunicator(InProcessCommunicator master, IRank slave) : Communicator
{
    private bool _left;

    public override int Rank => master.Rank;

    public override int Size => master.Size;

    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<HpcRuntime.Wire.WireBlock> blocks) => master.Send(destination, head, blocks);

    public override Arrival Wait(TimeSpan timeout)
    {
        var arrival = master.Wait(TimeSpan.Zero);
        if (arrival.Kind != ArrivalKind.Deadline)
        {
            return arrival;
        }

        _left = _left || !slave.Step();
        return master.Wait(timeout);
    }

    public override void Wake() => master.Wake();

    public override void Dispose() => master.Dispose();
}
