using System;
using System.Globalization;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>What the environment tells of the MPI launcher or Slurm step that started this process.</summary>
/// <param name="Launcher">In words.</param>
/// <param name="Rank">This process's rank.</param>
/// <param name="Size">Ranks in all; more than 1.</param>
internal sealed record MpiLauncherEnvironment(string Launcher, int Rank, int Size)
{
    /// <summary>Looks for a launcher of more than one rank; null when there is none. A batch script of Slurm is no step and does not count.</summary>
    internal static MpiLauncherEnvironment? Detect(Func<string, string?> environment)
        => MpiLauncher.Detect(environment) is { Size: > 1 } found ? new MpiLauncherEnvironment(found.Name, found.Rank, found.Size) : null;

    /// <summary>Refuses to launch where an mpiexec has started this process as its only rank: it was asked for a master and no slave.</summary>
    /// <exception cref="UsageException">So it is.</exception>
    internal static void RefuseOneRank(Func<string, string?> environment)
    {
        // A step of Slurm with one task is how an interactive shell is had on a node; from there a run is launched as from anywhere.
        if (MpiLauncher.Detect(environment) is { Size: 1, Family: not null } found)
        {
            throw new UsageException(string.Create(CultureInfo.InvariantCulture,
                $"started by {found.Name} with 1 rank, which leaves the master without a slave; start N + 1 ranks for N slaves (mpiexec -n {3} for {2}), or leave mpiexec out and give -n 2: the program then starts it by itself."));
        }
    }
}
