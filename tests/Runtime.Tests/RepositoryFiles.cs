using System;
using System.IO;

namespace HpcRuntime.Tests;

/// <summary>Files of the repository that these tests were built in.</summary>
internal static class RepositoryFiles
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path below the root.</summary>
    public static string PathOf(string relative) => Path.Combine(Root, relative);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "HpcRuntime.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No HpcRuntime.sln above {AppContext.BaseDirectory}: these tests read files of the repository.");
    }
}
