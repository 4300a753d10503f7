using HpcRuntime.Commands;

namespace HpcRuntime.Simulation;

/// <summary>A small command as users have them: one number. It is never run: the simulated slave lets its time pass.</summary>
internal sealed class SimulatedCommand(long place) : SlaveCommand<long>
{
    public override long Run(ISlaveContext slave) => place;
}
