using System.IO;
using System.Linq;
using HpcRuntime.Backends.Mpi.Interop;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>A launcher that was found.</summary>
/// <param name="Family">Whose language it speaks: MPICH's (hydra) or Open MPI's.</param>
/// <param name="Mpiexec">Its full path.</param>
/// <param name="Version">Such as 4.1.4; "unknown" where it does not say.</param>
internal sealed record MpiInstallation(MpiFamily Family, string Mpiexec, string Version)
{
    /// <summary>The library that its ranks load, as <see cref="MpiLibraryChoice.Variable"/> takes it: the file of the same installation, where that has a place of its own, else the family.</summary>
    internal string Library
    {
        get
        {
            var root = Path.GetDirectoryName(Path.GetDirectoryName(Mpiexec));
            string[] folders = root is null or "/usr" or "/" ? [] : [Path.Combine(root, "lib"), Path.Combine(root, "lib64")];
            return folders.SelectMany(folder => MpiLibraryChoice.NamesOf(Family).Where(name => !Path.IsPathRooted(name)).Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
                ?? (Family == MpiFamily.OpenMpi ? "openmpi" : "mpich");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{MpiFamilies.NameOf(Family)} {Version} ({Mpiexec})";
}
