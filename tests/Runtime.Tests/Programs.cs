using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace HpcRuntime.Tests;

/// <summary>Starts programs that were built beside these tests, in the same configuration.</summary>
internal static class Programs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Debug or Release: what these tests were built as, and so the programs beside them.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>Runs an example program to its end, with an empty standard input and none of this run's <c>HPCRUNTIME_</c> variables.</summary>
    /// <exception cref="FileNotFoundException">The example was not built.</exception>
    /// <exception cref="TimeoutException">It did not end in two minutes; it was killed.</exception>
    public static (int ExitCode, string Output, string Error) RunExample(string name, IEnumerable<string> arguments)
    {
        var assembly = RepositoryFiles.PathOf($"examples/{name}/bin/{Configuration}/net10.0/{name}.dll");
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException($"Build it first: dotnet build -c {Configuration} examples/{name}", assembly);
        }

        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = RepositoryFiles.Root,
        };
        foreach (var variable in new List<string>(start.Environment.Keys))
        {
            if (variable.StartsWith("HPCRUNTIME_", StringComparison.Ordinal))
            {
                start.Environment.Remove(variable);
            }
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} {string.Join(' ', arguments)} did not end in {Patience.TotalMinutes} minutes.");
        }

        Task.WaitAll(output, error);
        return (process.ExitCode, output.Result.ReplaceLineEndings("\n"), error.Result);
    }
}
