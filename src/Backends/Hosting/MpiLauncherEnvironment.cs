using System;
using System.Globalization;

namespace HpcRuntime.Hosting;

/// <summary>What the environment tells of the MPI launcher or Slurm step that started this process.</summary>
/// <param name="Launcher">In words.</param>
/// <param name="Rank">This process's rank.</param>
/// <param name="Size">Ranks in all; more than 1.</param>
internal sealed record MpiLauncherEnvironment(string Launcher, int Rank, int Size)
{
    private static readonly (string Launcher, string Size, string Rank)[] Launchers =
    [
        ("mpiexec of Open MPI", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"),
        ("mpiexec", "PMI_SIZE", "PMI_RANK"),
        ("srun", "SLURM_STEP_NUM_TASKS", "SLURM_PROCID"),
    ];

    /// <summary>Looks for a launcher of more than one rank; null when there is none. A batch script of Slurm is no step and does not count.</summary>
    internal static MpiLauncherEnvironment? Detect(Func<string, string?> environment)
    {
        foreach (var (launcher, sizeVariable, rankVariable) in Launchers)
        {
            if (TryNumber(environment(sizeVariable), out var size) && size > 1 && TryNumber(environment(rankVariable), out var rank))
            {
                return new MpiLauncherEnvironment(launcher, rank, size);
            }
        }

        return null;
    }

    private static bool TryNumber(string? text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
