namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>Families of MPI libraries: within one, programs and libraries fit together as they are.</summary>
internal enum MpiFamily
{
    /// <summary>MPICH 3.1 and later, Intel MPI, MVAPICH: <c>libmpich.so.12</c> or <c>libmpi.so.12</c>.</summary>
    Mpich,

    /// <summary>Open MPI 2 to 5: <c>libmpi.so.40</c>.</summary>
    OpenMpi,

    /// <summary>The binary interface that MPI 5 defines: <c>libmpi_abi.so</c>, from either project.</summary>
    StandardAbi,
}

/// <summary>What is said of a family.</summary>
internal static class MpiFamilies
{
    /// <summary>For messages.</summary>
    internal static string NameOf(MpiFamily family) => family switch
    {
        MpiFamily.Mpich => "MPICH",
        MpiFamily.OpenMpi => "Open MPI",
        _ => "the standard ABI",
    };

    /// <summary>The Debian packages that bring its library and launcher.</summary>
    internal static string PackagesOf(MpiFamily family) => family == MpiFamily.OpenMpi ? "libopenmpi3 and openmpi-bin" : "libmpich12 and mpich";
}
