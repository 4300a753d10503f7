using System;
using System.Diagnostics;
using System.IO;
using System.Runtime.Versioning;
using System.Threading.Tasks;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>Runs a line of bash in a folder of its own, where <c>hpcrun</c> is the built tool.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ShellScript
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(600); // Against a hang only.
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("exec-");

    /// <summary>Where it runs.</summary>
    internal string Folder => _folder.FullName;

    /// <summary>Runs the line to its end.</summary>
    internal (int Code, string Output, string Error) Run(string line)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", line])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = Bin.Value + ":" + start.Environment["PATH"];
        start.Environment["SHELL"] = "/bin/bash";
        start.Environment["PARALLEL_SHELL"] = "/bin/bash";
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var bash = Process.Start(start)!;
        bash.StandardInput.Close();
        var error = bash.StandardError.ReadToEndAsync();
        var output = bash.StandardOutput.ReadToEndAsync();
        if (!Task.WhenAll(error, output).Wait(Deadline) || !bash.WaitForExit(Deadline))
        {
            bash.Kill(entireProcessTree: true);
            throw new TimeoutException($"It did not end in {Deadline.TotalSeconds} s: {line}");
        }

        return (bash.ExitCode, output.Result, error.Result);
    }

    /// <summary>Takes the folder away.</summary>
    internal void Delete() => _folder.Delete(recursive: true);

    /// <summary>A folder with a script hpcrun that becomes the tool, so that $! is the tool's own process.</summary>
    private static Lazy<string> Bin { get; } = new(() =>
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "shell-scripts")).FullName, "hpcrun");
        File.WriteAllText(file, $"#!/bin/sh\nexec '{dotnet}' '{Path.Combine(AppContext.BaseDirectory, "hpcrun.dll")}' \"$@\"\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Path.GetDirectoryName(file)!;
    });
}
