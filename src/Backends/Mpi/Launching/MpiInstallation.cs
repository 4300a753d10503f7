namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>The two families of launchers, which are told what to do in two languages.</summary>
internal enum MpiFamily
{
    /// <summary>Hydra: MPICH and what descends from it.</summary>
    Mpich,

    /// <summary>Open MPI.</summary>
    OpenMpi,
}

/// <summary>A launcher that was found.</summary>
/// <param name="Family">Which language it speaks.</param>
/// <param name="Mpiexec">Its full path.</param>
/// <param name="Version">Such as 4.1.4; "unknown" where it does not say.</param>
internal sealed record MpiInstallation(MpiFamily Family, string Mpiexec, string Version)
{
    /// <summary>The family in words.</summary>
    internal static string NameOf(MpiFamily family) => family == MpiFamily.OpenMpi ? "Open MPI" : "MPICH";

    /// <inheritdoc/>
    public override string ToString() => $"{NameOf(Family)} {Version} ({Mpiexec})";
}
