using System;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Simulation;

/// <summary>The fabric as the master's loop sees it: gives every lost slave a successor.</summary>
internal sealed class SimulatedFabric(SimulatedWorld world, VirtualClock clock, FabricModel model) : Fabric
{
    public override string Name => "simulated";

    public override FabricTraits Traits { get; } = new(int.MaxValue, ReplacesSlaves: true, Resizable: false);

    public override string Describe() => $"simulated: {model.Slaves} slaves";

    public override Communicator Start(RankEntry entry, FabricSettings settings) => throw new NotSupportedException("The simulation has the communicator.");

    public override bool End(int rank, bool replace)
    {
        if (replace)
        {
            world.ScheduleJoin(rank, clock.Now + VirtualClock.Ticks(model.RestartDelay));
        }

        return true;
    }

    public override void Dispose()
    {
    }
}
