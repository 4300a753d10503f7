namespace HpcRuntime.Simulation;

/// <summary>What a simulated run came to. Times are virtual, in seconds, from the moment when all slaves were up.</summary>
internal sealed record SimulationResult
{
    internal required FabricModel Model { get; init; }

    internal required Workload Workload { get; init; }

    /// <summary>Until the last result was applied.</summary>
    internal required double Makespan { get; init; }

    /// <summary>Seconds of all commands together, each counted once.</summary>
    internal required double Work { get; init; }

    /// <summary>Seconds of the master's core without its transport.</summary>
    internal required double MasterCpu { get; init; }

    internal required double TransportCpu { get; init; }

    /// <summary>Results that were applied.</summary>
    internal required long Applied { get; init; }

    internal required long MessagesOut { get; init; }

    internal required long MessagesHome { get; init; }

    internal required long Bytes { get; init; }

    internal required int LostSlaves { get; init; }

    /// <summary>Executions begun, those of lost slaves included.</summary>
    internal required long Begun { get; init; }

    /// <summary>Bytes that the master's thread allocated in the run, the simulation's own included.</summary>
    internal required long Allocated { get; init; }

    /// <summary>The share of the slaves' time in which they worked.</summary>
    internal double Efficiency => Work / (Model.Slaves * Makespan);

    /// <summary>Microseconds of the master's core for a command, without its transport.</summary>
    internal double MasterMicroseconds => MasterCpu / Workload.Commands * 1e6;

    /// <summary>The share of the time in which the master worked.</summary>
    internal double MasterLoad => (MasterCpu + TransportCpu) / Makespan;
}
