using System;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Interop.MpiNet;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What decides how the world is opened.</summary>
/// <param name="Environment">Gives a variable's value.</param>
/// <param name="Library">A family, file or folder; null for what the environment says.</param>
/// <param name="Communicator">The application's communicator that is duplicated; null for all ranks.</param>
/// <param name="Threads">The thread level that is asked for.</param>
/// <param name="Heartbeat">How long a rank may be silent; null for ever.</param>
/// <param name="Net">The MPI.NET that makes the calls; null for our own binding.</param>
/// <param name="UsesRings">Whether short messages between the master and the ranks of its host go through rings in shared memory. The master's counts.</param>
internal sealed record MpiWorldSettings(Func<string, string?> Environment, string? Library, nint? Communicator, Threading Threads, TimeSpan? Heartbeat, MpiNetChoice? Net, bool UsesRings)
{
    /// <summary>Set by our launcher: ranks were started so that the job survives the loss of one. Its value is the folder in which each rank's end is noted.</summary>
    internal const string RunVariable = "HPCRUNTIME_MPI_RUN";

    /// <summary>Whether the job goes on when a rank is lost, as far as can be told.</summary>
    internal bool SurvivesLoss => Environment(RunVariable) is not null || Environment("OMPI_MCA_orte_enable_recovery") is "1" or "true";
}
