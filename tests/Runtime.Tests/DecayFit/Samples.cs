using System;
using System.Collections.Generic;
using System.IO;
using HpcRuntime.Examples.DecayFit;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

/// <summary>Where the tests of the main job find curves.</summary>
internal static class Samples
{
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HpcRuntime.sln")))
            {
                folder = folder.Parent;
            }

            return folder?.FullName ?? throw new DirectoryNotFoundException($"No HpcRuntime.sln above {AppContext.BaseDirectory}.");
        }
    }

    /// <summary>NIST's Misra1a, as shipped.</summary>
    public static IReadOnlyList<Curve> Misra() => CurveFile.Read(Path.Combine(Root, "examples", "DecayFit", "data", "misra1a.csv"));

    /// <summary>A file of the test data that are not part of the repository; the test is left out, with what is missing, where they are absent.</summary>
    public static string Shared(string name)
    {
        var folder = Environment.GetEnvironmentVariable("HPCRUNTIME_SHARED") is { Length: > 0 } set ? set : Path.Combine(Root, "..", "shared");
        var path = Path.GetFullPath(Path.Combine(folder, "data", name));
        if (!File.Exists(path))
        {
            Assert.Ignore($"The test data are absent: {path} (set HPCRUNTIME_SHARED to the folder that holds data/{name}).");
        }

        return path;
    }

    public static IReadOnlyList<Curve> Read(params string[] lines) => CurveFile.Read("input.csv", new StringReader(string.Join('\n', lines) + "\n"));
}
