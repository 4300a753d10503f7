using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>What a run that was ended by force has left on this machine: Open MPI's mpiexec, once killed, ends nobody, and no launcher ends a process that has left its group.</summary>
internal static class Remains
{
    private const string Processes = "/proc";

    /// <summary>Kills every process of this machine that was started by the run with this record, and their children.</summary>
    internal static void Kill(string folder)
    {
        var mark = Encoding.UTF8.GetBytes($"{LaunchVariables.Folder}={folder}\0");
        foreach (var process in Directory.EnumerateDirectories(Processes).Select(Path.GetFileName).Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0))
        {
            if (process > 0 && process != Environment.ProcessId && HasMark(process, mark))
            {
                OwnProcess.Signal(process, Signals.Kill);
            }
        }
    }

    private static bool HasMark(int process, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"{Processes}/{process}/environ")).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended, or is another user's.
        }
    }
}
