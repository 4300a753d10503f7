using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>The MPI libraries that the tests run on.</summary>
public enum Mpi
{
    Mpich,
    OpenMpi,
}

/// <summary>A program under mpiexec, with an empty standard input. Killed, ranks included, when it is disposed or too slow.</summary>
internal sealed class MpiJob : IDisposable
{
    internal static readonly Mpi[] Both = [Mpi.Mpich, Mpi.OpenMpi];

    internal static readonly string Peer = PathOf("MpiPeer", "HpcRuntime.Tests.MpiPeer.dll");

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private MpiJob(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string? Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("HPCRUNTIME_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        // A small machine, and root: what Open MPI refuses without being told.
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["OMPI_MCA_rmaps_base_oversubscribe"] = "1";
        start.Environment["OMPI_MCA_hwloc_base_binding_policy"] = "none";
        start.Environment["TERM"] = "dumb"; // Its ranks have a terminal as their output, which .NET would dress up.
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_error, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    internal int Id => _process.Id;

    internal string Output => Text(_output);

    internal string Error => Text(_error);

    /// <summary>Starts tests/MpiPeer.</summary>
    internal static MpiJob StartPeer(Mpi mpi, int ranks, string[] arguments, string[]? options = null, params (string Name, string? Value)[] environment) =>
        new(Launcher(mpi), [.. options ?? [], "-n", $"{ranks}", Dotnet, Peer, .. arguments], environment);

    /// <summary>Starts a program of the user's own, or hpcrun.</summary>
    internal static MpiJob StartProgram(Mpi mpi, int ranks, string[] words, string[]? options = null, params (string Name, string? Value)[] environment) =>
        new(Launcher(mpi), [.. options ?? [], "-n", $"{ranks}", Dotnet, .. words], environment);

    /// <summary>Starts an application of tests/MpiPeer, which launches itself with so many slaves. Further options may come before "--".</summary>
    internal static MpiJob StartLaunched(Mpi mpi, int slaves, string[] arguments) =>
        new(Dotnet, [Peer, "program", "--processor", "mpi", "--mpi", mpi == Mpi.Mpich ? "mpich" : "openmpi", "-n", $"{slaves}", .. arguments.Contains("--") ? arguments : ["--", .. arguments]], []);

    /// <summary>Runs tests/MpiPeer to its end.</summary>
    internal static (int Code, string Output, string Error) RunPeer(Mpi mpi, int ranks, string[] arguments, params (string Name, string? Value)[] environment)
    {
        using var job = StartPeer(mpi, ranks, arguments, null, environment);
        return job.WaitForExit(TimeSpan.FromSeconds(180));
    }

    /// <summary>Waits for its end.</summary>
    internal (int Code, string Output, string Error) WaitForExit(TimeSpan deadline)
    {
        if (!_process.WaitForExit(deadline))
        {
            Dispose();
            throw new TimeoutException($"mpiexec did not end in {deadline.TotalSeconds} s. Output:\n{Output}\nError:\n{Error}");
        }

        _process.WaitForExit(); // Without a limit the wait includes the end of both streams.
        return (_process.ExitCode, Output, Error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static string Launcher(Mpi mpi) => mpi == Mpi.Mpich ? "mpiexec.mpich" : "mpiexec.openmpi";

    /// <summary>What another test project makes, built as this one is.</summary>
    internal static string PathOf(string project, string file)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        return Path.Combine(here.Parent!.Parent!.Parent!.Parent!.FullName, project, "bin", here.Parent.Name, here.Name, file);
    }

    private static void Keep(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.Append(line).Append('\n');
            }
        }
    }

    private static string Text(StringBuilder builder)
    {
        lock (builder)
        {
            return builder.ToString();
        }
    }
}
