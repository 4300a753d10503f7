using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>How much is told on standard error.</summary>
internal enum Verbosity
{
    Quiet,
    Normal,
    Verbose,
    Debug,
}

/// <summary>Whether there is a live line.</summary>
internal enum ProgressMode
{
    Auto,
    On,
    Off,
}

/// <summary>Everything that the user decided, checked and typed. Nothing here has touched a fabric yet.</summary>
internal sealed record HostSettings
{
    /// <summary>The fabric asked for; null for the default.</summary>
    internal GivenValue? Processor { get; init; }

    /// <summary>Slaves as asked for; null for what the machine allows.</summary>
    internal int? Slaves { get; init; }

    /// <summary>What the machine allows.</summary>
    internal int DefaultSlaves { get; init; }

    /// <summary>The processor's options; the slaves and the logger are filled in once the fabric is chosen.</summary>
    internal ProcessorOptions Options { get; init; } = new();

    /// <summary>Settings of fabrics and where each came from, by <c>fabric.key</c>.</summary>
    internal IReadOnlyDictionary<string, GivenValue> Settings { get; init; } = new Dictionary<string, GivenValue>();

    /// <summary>The host file of the fabric mpi; null for the allocation's hosts or this machine.</summary>
    internal GivenValue? HostFile { get; init; }

    /// <summary>The MPI to launch with; null for the first there is.</summary>
    internal GivenValue? Mpi { get; init; }

    internal Verbosity Verbosity { get; init; }

    internal GivenValue? LogFile { get; init; }

    internal bool Stats { get; init; }

    /// <summary>The file of the timeline; null for none.</summary>
    internal GivenValue? Trace { get; init; }

    internal ProgressMode Progress { get; init; }

    /// <summary>Whether the program reads standard input, on whichever rank its master is.</summary>
    internal bool ReadsInput { get; init; }

    internal bool DryRun { get; init; }

    /// <summary>Where a given option came from, by its name; options that are not in here have their defaults.</summary>
    internal IReadOnlyDictionary<string, GivenValue> Given { get; init; } = new Dictionary<string, GivenValue>();

    /// <summary>Merges and checks.</summary>
    /// <exception cref="UsageException">A value is not allowed: one line.</exception>
    internal static HostSettings From(CommonOptions options, Func<string, string?> environment, int processorCount)
    {
        var reader = new OptionReader(options, environment);
        var settings = reader.ReadSettings();
        int? slaves = reader.Find("slaves") is { } given ? OptionValues.Whole(given, 1) : null;
        var defaults = new ProcessorOptions();
        return new HostSettings
        {
            Processor = reader.Find("processor"),
            Slaves = slaves,
            DefaultSlaves = slaves ?? MachineLimits.DefaultSlaves(environment, processorCount),
            HostFile = reader.Find("hostfile"),
            Mpi = reader.Find("mpi"),
            Settings = settings,
            Verbosity = reader.Read("verbosity", OptionValues.Choice<Verbosity>, Verbosity.Normal),
            LogFile = reader.Find("log-file"),
            Stats = reader.Read("stats", OptionValues.Switch, false),
            Trace = reader.Find("trace"),
            Progress = reader.Read("progress", OptionValues.Choice<ProgressMode>, ProgressMode.Auto),
            DryRun = reader.Read("dry-run", OptionValues.Switch, false),
            Given = reader.FindAll(),
            Options = defaults with
            {
                Slaves = slaves ?? 0,
                Seed = reader.Read("seed", OptionValues.Long, defaults.Seed),
                Debug = reader.Read("debug", OptionValues.Switch, defaults.Debug),
                Chunking = reader.Read("chunking", OptionValues.Choice<Chunking>, defaults.Chunking),
                Grain = reader.Read("grain", value => OptionValues.Whole(value, 1), defaults.Grain),
                ErrorPolicy = reader.Read("error-policy", OptionValues.Choice<ErrorPolicy>, defaults.ErrorPolicy),
                MaxAttempts = reader.Read("max-attempts", value => OptionValues.Whole(value, 1), defaults.MaxAttempts),
                Strict = reader.Read("strict", OptionValues.Switch, defaults.Strict),
                Timeout = reader.Read("timeout", OptionValues.Duration, defaults.Timeout),
                MaxOutput = reader.Read("max-output", OptionValues.Size, defaults.MaxOutput),
                Prefix = reader.Read("prefix", OptionValues.Choice<OutputPrefix>, defaults.Prefix),
                Settings = settings.Keys.ToDictionary(key => key, key => settings[key].Value),
                BackendPath = reader.Read("backend-path", SplitPath, []),
            },
        };
    }

    /// <summary>Folders, separated as in PATH.</summary>
    internal static string[] SplitPath(GivenValue given) => given.Value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
