using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>Which libraries are tried, in their order, and why those.</summary>
/// <param name="Candidates">Files or names for the system's loader.</param>
/// <param name="Family">The family that it must be; null for any.</param>
/// <param name="Reason">For messages: "HPCRUNTIME_MPI=mpich", "started by mpiexec of Open MPI".</param>
internal sealed record MpiLibraryChoice(IReadOnlyList<string> Candidates, MpiFamily? Family, string Reason)
{
    /// <summary>The variable that names a family or a file: what <c>--mpi</c> gives.</summary>
    internal const string Variable = "HPCRUNTIME_MPI";

    private static readonly string[] MpichNames = ["libmpich.so.12", "libmpi.so.12", "/usr/lib64/mpich/lib/libmpi.so.12", "/usr/lib64/mpich/lib/libmpich.so.12"];
    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "/usr/lib64/openmpi/lib/libmpi.so.40"];
    private static readonly string[] StandardNames = ["libmpi_abi.so.0", "libmpi_abi.so.1", "libmpi_abi.so"];

    /// <summary>Chooses: what was asked for, else the library that this process uses already, else the launcher's, else what is installed.</summary>
    /// <param name="asked">A family (<c>mpich</c>, <c>openmpi</c>, <c>abi</c>), a library file, or the folder of an installation; null for none.</param>
    /// <param name="origin">Where that came from, for messages.</param>
    /// <param name="launcher">What started this process.</param>
    /// <param name="loaded">The MPI library that is in this process already.</param>
    internal static MpiLibraryChoice From(string? asked, string origin, MpiLauncher? launcher, string? loaded)
    {
        if (!string.IsNullOrEmpty(asked))
        {
            return Asked(asked, $"{origin} {asked}");
        }

        if (loaded is not null)
        {
            return new MpiLibraryChoice([loaded], null, "this process uses it already");
        }

        return launcher?.Family switch
        {
            MpiFamily.Mpich => new MpiLibraryChoice([.. MpichNames, .. StandardNames], null, $"started by {launcher.Name}"),
            MpiFamily.OpenMpi => new MpiLibraryChoice([.. OpenMpiNames, .. StandardNames], null, $"started by {launcher.Name}"),
            _ => new MpiLibraryChoice([.. MpichNames, .. OpenMpiNames, .. StandardNames], null, "what is installed"),
        };
    }

    /// <summary>The names by which a family's library is looked for.</summary>
    internal static IReadOnlyList<string> NamesOf(MpiFamily family) => family switch
    {
        MpiFamily.Mpich => MpichNames,
        MpiFamily.OpenMpi => OpenMpiNames,
        _ => StandardNames,
    };

    private static MpiLibraryChoice Asked(string asked, string reason)
    {
        if (FamilyCalled(asked) is { } family)
        {
            return new MpiLibraryChoice(NamesOf(family), family, reason);
        }

        if (!Directory.Exists(asked))
        {
            return new MpiLibraryChoice([asked], null, reason);
        }

        string[] names = [.. MpichNames, .. OpenMpiNames, .. StandardNames];
        string[] folders = [asked, Path.Combine(asked, "lib"), Path.Combine(asked, "lib64")];
        return new MpiLibraryChoice([.. folders.SelectMany(_ => names.Where(name => !Path.IsPathRooted(name)), Path.Combine)], null, reason);
    }

    private static MpiFamily? FamilyCalled(string name) => name.ToUpperInvariant() switch
    {
        "MPICH" or "INTEL" or "MVAPICH" => MpiFamily.Mpich,
        "OPENMPI" or "OPEN MPI" or "OMPI" => MpiFamily.OpenMpi,
        "ABI" => MpiFamily.StandardAbi,
        _ => null,
    };
}
