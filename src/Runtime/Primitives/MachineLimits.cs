using System;
using System.Globalization;

namespace HpcRuntime.Primitives;

/// <summary>How much of this machine a program may use. Every method is a function of the environment it is handed; without one it reads this process's.</summary>
public static class MachineLimits
{
    /// <summary>The variable that says how many slaves to use where the program does not.</summary>
    public const string SlavesVariable = "HPCRUNTIME_SLAVES";

    /// <summary>Cores this process may use: the least of <c>SLURM_CPUS_PER_TASK</c>, <c>PBS_NUM_PPN</c> (where set to a whole number) and the processor count,
    /// which respects affinity and cgroup. At least 1.</summary>
    public static int AllowedCores() => AllowedCores(Environment.GetEnvironmentVariable, Environment.ProcessorCount);

    /// <summary>As <see cref="AllowedCores()"/>, of another environment.</summary>
    /// <param name="environment">Gives a variable's value; null when it is not set.</param>
    /// <param name="processorCount">Cores by affinity and cgroup.</param>
    public static int AllowedCores(Func<string, string?> environment, int processorCount)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var cores = processorCount;
        foreach (var variable in (ReadOnlySpan<string>)["SLURM_CPUS_PER_TASK", "PBS_NUM_PPN"])
        {
            if (TryPositive(environment(variable), out var limit))
            {
                cores = Math.Min(cores, limit);
            }
        }

        return Math.Max(1, cores);
    }

    /// <summary>Slaves where the program names no number: <c>HPCRUNTIME_SLAVES</c>, else the allowed cores divided by <c>OMP_NUM_THREADS</c>, rounded down. At least 1.</summary>
    /// <exception cref="HpcRuntimeException"><c>HPCRUNTIME_SLAVES</c> is set but not a whole number of 1 or more.</exception>
    public static int DefaultSlaves() => DefaultSlaves(Environment.GetEnvironmentVariable, Environment.ProcessorCount);

    /// <summary>As <see cref="DefaultSlaves()"/>, of another environment.</summary>
    /// <param name="environment">Gives a variable's value; null when it is not set.</param>
    /// <param name="processorCount">Cores by affinity and cgroup.</param>
    public static int DefaultSlaves(Func<string, string?> environment, int processorCount)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var asked = environment(SlavesVariable);
        if (!string.IsNullOrWhiteSpace(asked))
        {
            return TryPositive(asked, out var slaves)
                ? slaves
                : throw new HpcRuntimeException($"{SlavesVariable}={asked}: a whole number of 1 or more is needed.");
        }

        // OpenMP allows a list, one number for each nesting level; the first is what a command starts.
        var threads = environment("OMP_NUM_THREADS")?.Split(',')[0];
        return Math.Max(1, AllowedCores(environment, processorCount) / (TryPositive(threads, out var perSlave) ? perSlave : 1));
    }

    private static bool TryPositive(string? text, out int value)
        => int.TryParse(text, NumberStyles.None | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out value) && value > 0;
}
