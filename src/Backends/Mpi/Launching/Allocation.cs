using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>The hosts that a batch system has given this job.</summary>
internal static class Allocation
{
    private const string SlurmNodes = "SLURM_JOB_NODELIST";
    private const string SlurmTasks = "SLURM_TASKS_PER_NODE";
    private const string SlurmCores = "SLURM_JOB_CPUS_PER_NODE";
    private const string PbsFile = "PBS_NODEFILE";

    /// <summary>The hosts and their slots; null outside an allocation.</summary>
    /// <exception cref="LaunchException">What the batch system left in the environment is not understood.</exception>
    internal static HostFile? Hosts(Func<string, string?> environment)
    {
        if (environment(SlurmNodes) is { Length: > 0 } nodes)
        {
            return FromSlurm(nodes, environment(SlurmTasks) ?? environment(SlurmCores) ?? "1");
        }

        return environment(PbsFile) is { Length: > 0 } file && File.Exists(file) ? HostFile.Read(file) : null;
    }

    /// <summary>Slurm's way of writing hosts, <c>n[01-03,07],login1</c>, beside its way of writing counts, <c>4(x3),2</c>.</summary>
    internal static HostFile FromSlurm(string nodes, string counts)
    {
        var names = SplitOutside(nodes).SelectMany(Expand).ToList();
        var slots = counts.Split(',').SelectMany(ExpandCount).ToList();
        if (slots.Count == 1)
        {
            slots = [.. Enumerable.Repeat(slots[0], names.Count)];
        }

        return slots.Count == names.Count
            ? new HostFile(SlurmNodes, [.. names.Select((name, i) => new HostSlots(name, slots[i]))])
            : throw new LaunchException($"{SlurmNodes}={nodes} names {names.Count.ToString(CultureInfo.InvariantCulture)} hosts, but {SlurmTasks}={counts} counts {slots.Count.ToString(CultureInfo.InvariantCulture)}; name the hosts with --hostfile instead.");
    }

    /// <summary>Splits at commas that are in no brackets.</summary>
    private static List<string> SplitOutside(string text)
    {
        var parts = new List<string>();
        var (start, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '[' => 1, ']' => -1, _ => 0 };
            if (text[i] == ',' && depth == 0)
            {
                parts.Add(text[start..i]);
                start = i + 1;
            }
        }

        parts.Add(text[start..]);
        return parts;
    }

    private static IEnumerable<string> Expand(string part)
    {
        var open = part.IndexOf('[', StringComparison.Ordinal);
        var close = part.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open)
        {
            return [part];
        }

        // There may be more brackets behind: n[1-2]-rack[3,4].
        return part[(open + 1)..close].Split(',').SelectMany(Range).SelectMany(number => Expand(part[(close + 1)..]).Select(rest => part[..open] + number + rest));
    }

    private static IEnumerable<string> Range(string range)
    {
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            return [range];
        }

        var width = dash; // Leading zeros are kept: n[08-11] is n08 to n11.
        var (first, last) = (Number(range[..dash], range), Number(range[(dash + 1)..], range));
        return Enumerable.Range(first, Math.Max(0, last - first + 1)).Select(number => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, '0'));
    }

    private static IEnumerable<int> ExpandCount(string count)
    {
        var open = count.IndexOf("(x", StringComparison.Ordinal);
        return open < 0 ? [Number(count, count)] : Enumerable.Repeat(Number(count[..open], count), Number(count[(open + 2)..].TrimEnd(')'), count));
    }

    private static int Number(string text, string whole)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new LaunchException($"'{whole}' in the variables of Slurm is not understood; give a host file with --hostfile.");
}
