using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>What a short-lived program said.</summary>
/// <param name="Code">Its exit code; null when it could not be started or did not end in time.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its standard error, or why there is no code.</param>
internal sealed record ToolRun(int? Code, string Output, string Error)
{
    /// <summary>Runs a program to its end; it is killed, with its children, when it takes too long. Its standard input is <paramref name="input"/>.</summary>
    internal static ToolRun Run(string file, IEnumerable<string> arguments, TimeSpan limit, string input = "")
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = new System.Diagnostics.Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            return new ToolRun(null, string.Empty, $"{file} cannot be started: {e.Message}");
        }

        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading; its exit code tells the rest.
        }

        if (!process.WaitForExit(limit) || !Task.WaitAll([output, error], limit))
        {
            process.Kill(entireProcessTree: true);
            return new ToolRun(null, string.Empty, FormattableString.Invariant($"no answer within {limit.TotalSeconds:0.#} s"));
        }

        return new ToolRun(process.ExitCode, output.Result, error.Result);
    }
}
