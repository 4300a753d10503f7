using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Looks for MPI launchers on PATH, or where the user says.</summary>
/// <param name="path">The folders of PATH.</param>
/// <param name="askVersion">What a launcher answers to <c>--version</c>; empty when it answers nothing.</param>
internal sealed class MpiFinder(IReadOnlyList<string> path, Func<string, string> askVersion)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // What the system calls mpiexec comes first: where modules or alternatives choose an MPI, that is how they say so.
    private static readonly string[] Names = ["mpiexec", "mpiexec.mpich", "mpiexec.openmpi", "mpiexec.hydra", "mpirun"];

    /// <summary>A finder in the environment of this process.</summary>
    internal static MpiFinder ForThisProcess(Func<string, string?> environment) => new(
        (environment("PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
        file => ToolRun.Run(file, ["--version"], Patience).Output);

    /// <summary>Every launcher on PATH, each once, the system's choice first.</summary>
    internal IReadOnlyList<MpiInstallation> FindAll() => [.. Look(Names)];

    /// <summary>As <see cref="FindAll"/>, one after the other: each has to be asked for its version, which takes a moment.</summary>
    private IEnumerable<MpiInstallation> Look(IEnumerable<string> names) => names.SelectMany(name => path.Select(folder => Path.Combine(folder, name)))
        .Where(File.Exists).Select(WithRealFolder).DistinctBy(RealPath, StringComparer.Ordinal).Select(Identify).OfType<MpiInstallation>();

    /// <summary>The launcher that the user asked for: <c>mpich</c>, <c>openmpi</c>, an mpiexec, or a folder that holds one; null asks for the first there is.</summary>
    /// <exception cref="FabricUnavailableException">There is none; the message says what to install.</exception>
    /// <exception cref="LaunchException">The path is not that of an MPI launcher.</exception>
    internal MpiInstallation Find(string? asked)
    {
        switch (asked?.ToLowerInvariant())
        {
            case null:
                return Look(Names).FirstOrDefault() ?? throw new FabricUnavailableException("mpi", "no MPI launcher (mpiexec) is on PATH; install the Debian package mpich or openmpi-bin (elsewhere: module load openmpi, or --mpi path/to/mpiexec).");
            case "mpich":
                return FindFamily(MpiFamily.Mpich, "mpich");
            case "openmpi":
                return FindFamily(MpiFamily.OpenMpi, "openmpi-bin");
            default:
                // The variable that --mpi is on the command line may also name a library: its family's launcher is meant then.
                return FamilyOfLibrary(asked!) is { } family ? FindFamily(family, family == MpiFamily.OpenMpi ? "openmpi-bin" : "mpich") : FindPath(asked!);
        }
    }

    private static MpiFamily? FamilyOfLibrary(string asked) => Path.GetFileName(asked) switch
    {
        var name when !name.StartsWith("lib", StringComparison.Ordinal) || !name.Contains(".so", StringComparison.Ordinal) => null,
        var name when name.StartsWith("libmpi.so.40", StringComparison.Ordinal) => MpiFamily.OpenMpi,
        _ => MpiFamily.Mpich,
    };

    private MpiInstallation FindFamily(MpiFamily family, string package) => Look(Names.OrderByDescending(name => name.EndsWith(family == MpiFamily.OpenMpi ? ".openmpi" : ".mpich", StringComparison.Ordinal))).FirstOrDefault(found => found.Family == family)
        ?? throw new FabricUnavailableException("mpi", $"no mpiexec of {MpiFamilies.NameOf(family)} is on PATH; install the Debian package {package}, or give its place: --mpi path/to/mpiexec.");

    private MpiInstallation FindPath(string asked)
    {
        var candidates = Directory.Exists(asked) ? Names.SelectMany(name => new[] { Path.Combine(asked, "bin", name), Path.Combine(asked, name) }) : [asked];
        var file = candidates.FirstOrDefault(File.Exists)
            ?? throw new LaunchException($"--mpi {asked}: {(Directory.Exists(asked) ? "there is no mpiexec in that folder" : "there is no such file or folder")}; give mpich, openmpi, an mpiexec or the folder of an MPI.");
        return Identify(WithRealFolder(file)) ?? throw new LaunchException($"--mpi {asked}: it does not answer --version as the mpiexec of MPICH or Open MPI does; give mpich, openmpi, or one of these.");
    }

    private MpiInstallation? Identify(string file)
    {
        var text = askVersion(file);
        if (text.Contains("Open MPI", StringComparison.Ordinal) || text.Contains("OpenRTE", StringComparison.Ordinal))
        {
            return new MpiInstallation(MpiFamily.OpenMpi, file, VersionIn(text));
        }

        return text.Contains("HYDRA", StringComparison.Ordinal) ? new MpiInstallation(MpiFamily.Mpich, file, VersionIn(text)) : null;
    }

    private static string VersionIn(string text) => Regex.Match(text, @"\d+\.\d+(\.\d+)?[A-Za-z0-9]*") is { Success: true } found ? found.Value : "unknown";

    // Open MPI takes its own folder from the path by which it is called, and /bin is often a link to /usr/bin. The file's own name stays: some launchers listen to it.
    private static string WithRealFolder(string file)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        return Path.Combine(Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder, Path.GetFileName(file));
    }

    private static string RealPath(string file) => File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? Path.GetFullPath(file);
}
