using System;
using System.Globalization;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>What the environment tells of the launcher that started this process as a rank.</summary>
/// <param name="Name">In words, such as "mpiexec of Open MPI".</param>
/// <param name="Family">The libraries that it can start; null where it does not say, as with Slurm.</param>
/// <param name="Rank">This process's rank.</param>
/// <param name="Size">Ranks in all.</param>
internal sealed record MpiLauncher(string Name, MpiFamily? Family, int Rank, int Size)
{
    /// <summary>Set by hydra, MPICH's mpiexec, and by no other.</summary>
    private const string HydrasOwn = "MPI_LOCALNRANKS";

    private static readonly (string Name, MpiFamily? Family, string Size, string Rank, string? Own)[] Known =
    [
        ("mpiexec of Open MPI", MpiFamily.OpenMpi, "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", null),
        ("mpiexec of MPICH", MpiFamily.Mpich, "PMI_SIZE", "PMI_RANK", HydrasOwn), // Before srun: in an allocation of Slurm hydra starts its daemons with that, and their variables reach the ranks.
        ("srun", null, "SLURM_STEP_NUM_TASKS", "SLURM_PROCID", null), // Before PMI: srun --mpi=pmi2 sets those too.
        ("mpiexec of MPICH", MpiFamily.Mpich, "PMI_SIZE", "PMI_RANK", null),
    ];

    /// <summary>This process's number among those of its host, where the launcher says it.</summary>
    internal int? LocalRank { get; private init; }

    /// <summary>Looks for a launcher, also of one rank; null when there is none. A batch script of Slurm is no step and does not count.</summary>
    internal static MpiLauncher? Detect(Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        foreach (var (name, family, sizeVariable, rankVariable, own) in Known)
        {
            if ((own is null || environment(own) is not null) && Number(environment(sizeVariable)) is { } size and > 0 && Number(environment(rankVariable)) is { } rank && rank < size)
            {
                var local = environment("OMPI_COMM_WORLD_LOCAL_RANK") ?? environment("MPI_LOCALRANKID") ?? environment("SLURM_LOCALID");
                return new MpiLauncher(name, family, rank, size) { LocalRank = Number(local) };
            }
        }

        return null;
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}
