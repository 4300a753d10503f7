using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace HpcRuntime.Tests.Mpi;

/// <summary>The processes of a launched run, found by the variables that its launcher gave them.</summary>
internal static partial class LaunchedRanks
{
    /// <summary>All processes of the run that <paramref name="launcher"/> launched: mpiexec, its daemons on this machine, wrappers and ranks.</summary>
    internal static IReadOnlyList<int> All(int launcher) => [.. Find(launcher).Select(found => found.Process)];

    /// <summary>The process of one rank; null when it is gone. Not its wrapper.</summary>
    internal static int? Rank(int launcher, int rank) => Find(launcher)
        .Where(found => found.Environment.Contains(string.Create(CultureInfo.InvariantCulture, $"\0PMI_RANK={rank}\0"), StringComparison.Ordinal) || found.Environment.Contains(string.Create(CultureInfo.InvariantCulture, $"\0OMPI_COMM_WORLD_RANK={rank}\0"), StringComparison.Ordinal))
        .Where(found => Program(found.Process) == "dotnet")
        .Select(found => (int?)found.Process).FirstOrDefault();

    /// <summary>Whether a rank has had half a second of processor time: it is past its start.</summary>
    internal static bool IsBusy(int launcher, int rank) =>
        Rank(launcher, rank) is { } process && Regex.Match(Text(process, "stat"), @"\) \S( -?\d+){10} (\d+)") is { Success: true } found && int.Parse(found.Groups[2].Value, CultureInfo.InvariantCulture) > 50;

    /// <summary>Sends a signal.</summary>
    internal static void Signal(int process, int signal)
    {
        if (Kill(process, signal) != 0)
        {
            throw new InvalidOperationException($"No signal {signal} to process {process}: error {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>The folder of the run's record; null before mpiexec has started.</summary>
    internal static string? RunFolder(int launcher) => Find(launcher).SelectMany(found => found.Environment.Split('\0')).Where(pair => pair.StartsWith("HPCRUNTIME_MPI_RUN=", StringComparison.Ordinal)).Select(pair => pair["HPCRUNTIME_MPI_RUN=".Length..]).FirstOrDefault();

    /// <summary>Whether rank 0 has said that its world is complete.</summary>
    internal static bool HasBegun(int launcher) => RunFolder(launcher) is { } folder && File.Exists(Path.Combine(folder, "begun"));

    /// <summary>A process's arguments, its name first.</summary>
    internal static IReadOnlyList<string> Words(int process) => Text(process, "cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The name of what a process runs; null when it is gone.</summary>
    internal static string? Program(int process) => Words(process) is [var name, ..] ? Path.GetFileName(name) : null;

    private static IEnumerable<(int Process, string Environment)> Find(int launcher)
    {
        var mark = string.Create(CultureInfo.InvariantCulture, $"HPCRUNTIME_MPI_LAUNCHER={launcher}@");
        return Processes().Select(process => (process, "\0" + Environ(process))).Where(found => found.Item2.Contains(mark, StringComparison.Ordinal));
    }

    private static IEnumerable<int> Processes() => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit)).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private static string Environ(int process) => Text(process, "environ");

    private static string Text(int process, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/{file}")));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return string.Empty; // It has just ended.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
