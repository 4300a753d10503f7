using System;
using System.Diagnostics;
using System.Globalization;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Launcher.Bench;

/// <summary>The two variables by which a benchmark is recognised: BENCH_ID, which every process of the run inherits, and BENCH_T0, the second of the monotonic clock at which it was launched.
/// A runner of benchmarks sets both; a benchmark that was started by hand gives them to whatever it starts itself, ranks under mpiexec included.</summary>
internal static class BenchMark
{
    private const string Identity = "BENCH_ID";
    private const string Launch = "BENCH_T0";

    /// <summary>What processes of this run have in their environment.</summary>
    internal static string Entry => Identity + "=" + Environment.GetEnvironmentVariable(Identity);

    /// <summary>The monotonic clock in seconds.</summary>
    internal static double Clock => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;

    /// <summary>When the run was launched, on that clock.</summary>
    /// <exception cref="Processing.UsageException">The variable holds something else.</exception>
    internal static double Launched => double.TryParse(Environment.GetEnvironmentVariable(Launch), NumberStyles.Float, CultureInfo.InvariantCulture, out var launched)
        ? launched
        : throw new Processing.UsageException($"BENCH_T0 is '{Environment.GetEnvironmentVariable(Launch)}'; seconds of the monotonic clock are wanted.");

    /// <summary>Sets what no runner has set.</summary>
    internal static void Set()
    {
        SetDefault(Identity, string.Create(CultureInfo.InvariantCulture, $"hpcrun.{Environment.ProcessId}.{Stopwatch.GetTimestamp()}"));
        using var self = Process.GetCurrentProcess();
        var age = TimeProvider.System.GetUtcNow() - self.StartTime.ToUniversalTime();
        SetDefault(Launch, (Clock - age.TotalSeconds).ToString("R", CultureInfo.InvariantCulture));
    }

    private static void SetDefault(string name, string value)
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
        {
            Environment.SetEnvironmentVariable(name, value);
            if (OperatingSystem.IsLinux())
            {
                NativeEnvironment.SetDefault(name, value); // mpiexec is started with the environment that native code sees.
            }
        }
    }
}
