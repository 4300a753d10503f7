using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HpcRuntime.Launcher;

/// <summary>Looks for MPI libraries as files. Nothing is loaded: some take the process's signals as soon as they are.</summary>
internal static class MpiLibraries
{
    private static readonly (string File, string Name)[] Known = [("libmpich.so.12", "MPICH"), ("libmpi.so.12", "MPICH or Intel MPI"), ("libmpi.so.40", "Open MPI"), ("libmpi_abi.so.0", "MPI ABI")];

    /// <summary>What is found in <c>LD_LIBRARY_PATH</c> and the usual folders.</summary>
    internal static IReadOnlyList<string> Find(Func<string, string?> environment) => FindIn(Folders(environment));

    /// <summary>What is found in these folders: name and path, each library once.</summary>
    internal static IReadOnlyList<string> FindIn(IEnumerable<string> folders)
        => [.. folders.Distinct(StringComparer.Ordinal).Where(Directory.Exists)
            .SelectMany(folder => Known.Select(known => (known.Name, Path: Path.Combine(folder, known.File))))
            .Where(found => File.Exists(found.Path))
            .DistinctBy(found => Path.GetFileName(found.Path))
            .Select(found => $"{found.Name} ({found.Path})")];

    private static IEnumerable<string> Folders(Func<string, string?> environment)
    {
        var named = (environment("LD_LIBRARY_PATH") ?? string.Empty).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        string[] roots = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/lib", "/lib64", "/opt/homebrew/lib"];
        return named.Concat(roots).Concat(Triplets());
    }

    private static IEnumerable<string> Triplets()
    {
        const string Root = "/usr/lib";
        if (!Directory.Exists(Root))
        {
            return [];
        }

        return Directory.EnumerateDirectories(Root, "*-linux-gnu*").SelectMany(folder => new[] { folder, Path.Combine(folder, "openmpi", "lib"), Path.Combine(folder, "mpich", "lib") })
            .Concat([Path.Combine(Root, "openmpi"), Path.Combine(Root, "mpich"), "/usr/lib64/openmpi/lib", "/usr/lib64/mpich/lib"]);
    }
}
