using System;
using System.Globalization;
using System.IO;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>What a rank that our launcher started owes it.</summary>
internal static class LaunchedRank
{
    /// <summary>Whether our launcher started this process, with the options that let a job survive the loss of a rank.</summary>
    internal static bool IsLaunched(Func<string, string?> environment) => environment(LaunchVariables.Folder) is { Length: > 0 };

    /// <summary>Called by every rank once MPI has started on all of them. From now on this process ends with its wrapper. Rank 0 says that the world is complete, and ends as on SIGTERM when the launcher is lost.
    /// Nothing happens in a rank that something else started.</summary>
    internal static void Begin(Func<string, string?> environment, int rank)
    {
        if (environment(LaunchVariables.Folder) is not { Length: > 0 } folder)
        {
            return;
        }

        OwnProcess.DieWithParent(Signals.Kill);
        if (rank != 0)
        {
            return;
        }

        RunFolder.Tell(folder, RunFolder.BegunFile, string.Empty);
        if (environment(LaunchVariables.Launcher)?.Split('@') is [var process, var host] && host == Environment.MachineName && int.TryParse(process, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            new System.Threading.Thread(() => EndWith(id, folder)) { IsBackground = true, Name = "launcher's end" }.Start();
        }
    }

    /// <summary>Called by rank 0 before it ends MPI: what it ends with stands from now on, whatever becomes of the process while it takes leave. Nothing happens in a run that something else started.</summary>
    internal static void TellResult(Func<string, string?> environment, int code)
    {
        if (environment(LaunchVariables.Folder) is { Length: > 0 } folder)
        {
            RunFolder.Tell(folder, RunFolder.ResultFile, (code & 0xff).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void EndWith(int launcher, string folder)
    {
        try
        {
            using var process = new ChildProcess(launcher);
            process.WaitForEnd(Timeout.InfiniteTimeSpan);
        }
        catch (NativeException)
        {
            // It has ended already, or is not to be seen from here; the first is the same as its end, the second is no reason to end.
            if (Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{launcher}")))
            {
                return;
            }
        }

        RunFolder.Remove(folder); // Nobody will read it.
        OwnProcess.Signal(Environment.ProcessId, Signals.Terminate);
    }
}
