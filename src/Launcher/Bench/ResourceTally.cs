using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.Launcher.Bench;

/// <summary>What a run has used up to a moment.</summary>
/// <param name="MasterSeconds">CPU of this process.</param>
/// <param name="OthersSeconds">CPU of every other process of the run: slaves, launchers, daemons, with their ended children.</param>
/// <param name="PeakMebibytes">Sum of the largest resident sizes.</param>
/// <param name="LargestMebibytes">The largest of them.</param>
/// <param name="MachineSeconds">CPU the whole machine was busy.</param>
/// <param name="StealSeconds">CPU that the hypervisor gave to others.</param>
internal readonly record struct ResourceUse(double MasterSeconds, double OthersSeconds, double PeakMebibytes, double LargestMebibytes, double MachineSeconds, double StealSeconds);

/// <summary>Adds up, from Linux's /proc, what the processes of a run use: all whose environment holds the variable BENCH_ID with this process's value. 10 ms resolution
/// (<c>USER_HZ</c>); all zero elsewhere.</summary>
internal sealed class ResourceTally
{
    private const double TicksPerSecond = 100;
    private readonly string _mark = BenchMark.Entry;

    /// <summary>The use up to now.</summary>
    internal ResourceUse Now()
    {
        if (!OperatingSystem.IsLinux())
        {
            return default;
        }

        var (master, others, sum, largest) = (0.0, 0.0, 0.0, 0.0);
        foreach (var (id, fields) in Processes())
        {
            var own = (fields[11] + fields[12]) / TicksPerSecond;
            var ended = (fields[13] + fields[14]) / TicksPerSecond;
            if (id == Environment.ProcessId)
            {
                master += own;
                others += ended;
            }
            else
            {
                others += own + ended;
            }

            var peak = PeakOf(id);
            sum += peak;
            largest = Math.Max(largest, peak);
        }

        var machine = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(Number).ToArray();
        return new ResourceUse(master, others, sum, largest, (machine.Sum() - machine[3] - machine[4] - machine[7]) / TicksPerSecond, machine[7] / TicksPerSecond);
    }

    /// <summary>Time on a core of every thread of the run that lives, in seconds, as the scheduler counts it: to the nanosecond, where ticks of 10 ms miss what wakes often and briefly.</summary>
    internal Dictionary<string, double> OnCore()
    {
        var threads = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (id, _) in Processes())
        {
            foreach (var thread in ThreadsOf(id))
            {
                threads[thread] = OnCoreOf(thread);
            }
        }

        return threads;
    }

    private static string[] ThreadsOf(int id)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{id}/task");
        }
        catch (IOException)
        {
            return []; // It has ended since.
        }
    }

    private static double OnCoreOf(string thread)
    {
        try
        {
            return Number(File.ReadAllText(thread + "/schedstat").Split(' ')[0]) / 1e9;
        }
        catch (IOException)
        {
            return 0; // It has ended since, or the kernel does not tell.
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double PeakOf(int id)
    {
        try
        {
            return File.ReadLines($"/proc/{id}/status").Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Select(line => Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024).FirstOrDefault();
        }
        catch (IOException)
        {
            return 0; // It has ended since.
        }
    }

    /// <summary>The processes of the run with the fields of their stat from the state on.</summary>
    private IEnumerable<(int Id, double[] Fields)> Processes()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Belongs(folder, id) && FieldsOf(folder) is { } fields)
            {
                yield return (id, fields);
            }
        }
    }

    private bool Belongs(string folder, int id)
    {
        if (id == Environment.ProcessId)
        {
            return true;
        }

        try
        {
            return File.ReadAllText(folder + "/environ").Split('\0').Contains(_mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended since, or is somebody else's.
        }
    }

    private static double[]? FieldsOf(string folder)
    {
        try
        {
            var text = File.ReadAllText(folder + "/stat");
            return [.. text[(text.LastIndexOf(')') + 2)..].Split(' ').Take(15).Select((field, place) => place == 0 ? 0 : Number(field))];
        }
        catch (IOException)
        {
            return null; // It has ended since.
        }
    }
}
