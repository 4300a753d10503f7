using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Launches a program as the ranks of one MPI world, and stays until it has ended.</summary>
internal static class Launch
{
    /// <summary>Runs it. Signals that would end this process go to rank 0.</summary>
    /// <param name="request">What is to run.</param>
    /// <param name="times">How long endings may take.</param>
    /// <param name="listen">Sends SIGINT, SIGTERM and SIGHUP of this process to an action until it is disposed.</param>
    /// <exception cref="LaunchException">What the user asked for cannot be launched.</exception>
    internal static LaunchOutcome Run(LaunchRequest request, LaunchTimes times, Func<Action<PosixSignal>, IDisposable> listen)
    {
        using var folder = new RunFolder(request.Options.Folder ?? (request.MasterIsHere ? Path.GetTempPath() : request.WorkingDirectory));
        var files = new LaunchFiles(folder.Path,
            request.Placement is null ? null : folder.Write("hosts", MpiexecDialect.Of(request.Installation.Family).HostFile(request.Placement)),
            NeedsAgent(request) ? folder.Write("agent", AgentScript(request, folder.Path), runs: true) : null);
        using var run = new MpiexecRun(request, Command(request, files), folder, times);
        using var signals = listen(signal => run.Receive(signal switch
        {
            PosixSignal.SIGINT => Signals.Interrupt,
            PosixSignal.SIGHUP => Signals.HangUp,
            _ => Signals.Terminate,
        }));
        return run.Wait();
    }

    /// <summary>The call of mpiexec that <see cref="Run"/> would make, and the host file it would write; the record's folder is a word in its place.</summary>
    internal static (string Command, string HostFile) Describe(LaunchRequest request)
    {
        const string Folder = "RUN";
        var files = new LaunchFiles(Folder, request.Placement is null ? null : Path.Combine(Folder, "hosts"), NeedsAgent(request) ? Path.Combine(Folder, "agent") : null);
        return (Command(request, files).Describe(), request.Placement is null ? string.Empty : MpiexecDialect.Of(request.Installation.Family).HostFile(request.Placement));
    }

    private static MpiexecCommand Command(LaunchRequest request, LaunchFiles files)
    {
        var environment = new Dictionary<string, string>();
        foreach (System.Collections.DictionaryEntry pair in Environment.GetEnvironmentVariables())
        {
            environment[(string)pair.Key] = (string?)pair.Value ?? string.Empty;
        }

        return MpiexecDialect.Of(request.Installation.Family).Command(request, files, environment);
    }

    // Inside an allocation of Slurm mpiexec reaches the other hosts by srun, unless the user names an agent.
    private static bool NeedsAgent(LaunchRequest request) => request.OtherHosts.Count > 0 && (request.Options.Agent.Path is not null || Environment.GetEnvironmentVariable("SLURM_JOB_ID") is null);

    private static string AgentScript(LaunchRequest request, string folder) => Scripts.Agent
        .Replace("@LAUNCHER@", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@RUN@", MpiexecCommand.Quote(folder), StringComparison.Ordinal)
        .Replace("@AGENT@", request.Options.Agent.ShellWords, StringComparison.Ordinal);
}
