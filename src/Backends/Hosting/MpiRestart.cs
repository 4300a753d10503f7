using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Restarts this program under mpiexec when the mpi fabric was asked for and nothing has launched it so far.</summary>
/// <param name="host">The process.</param>
/// <param name="settings">What the user decided.</param>
internal sealed class MpiRestart(ProgramHost host, HostSettings settings)
{
    /// <summary>Whether a run with these settings has to be launched: it is to be on mpi, and this process is no rank yet. In debug mode everything runs in line.</summary>
    internal static bool IsNeeded(HostSettings settings, MpiLauncherEnvironment? launcher)
        => launcher is null && !settings.Options.Debug && IsMpi(settings);

    /// <summary>Whether the fabric is mpi by the user's word: its name, or a host file with no name beside it.</summary>
    internal static bool IsMpi(HostSettings settings) => settings.Processor is { } asked ? string.Equals(asked.Value, "mpi", StringComparison.OrdinalIgnoreCase) : settings.HostFile is not null;

    /// <summary>What is to be launched.</summary>
    /// <exception cref="UsageException">The host file, the launcher's name or an option is wrong.</exception>
    /// <exception cref="FabricUnavailableException">No MPI launcher is here.</exception>
    internal LaunchRequest Request(IReadOnlyList<string> program) => Checked(() =>
    {
        var hosts = Hosts();
        var slaves = settings.Slaves ?? hosts?.Slots ?? settings.DefaultSlaves;
        var options = LaunchOptions.From(settings.Settings.Where(pair => pair.Key.StartsWith("mpi.", StringComparison.OrdinalIgnoreCase)).ToDictionary(pair => pair.Key["mpi.".Length..], pair => pair.Value.Value));
        var installation = MpiFinder.ForThisProcess(host.Environment).Find(settings.Mpi?.Value);
        return new LaunchRequest(installation, slaves, hosts is null ? null : Placement.Create(hosts, slaves), program, Directory.GetCurrentDirectory(), options);
    });

    /// <summary>Launches the program and waits for its end.</summary>
    /// <returns>The exit code.</returns>
    internal int Run(HostLog log)
    {
        MpiLauncherEnvironment.RefuseOneRank(host.Environment);
        var request = Request(OwnProgram.CommandLine());
        foreach (var crowded in request.Placement?.Hosts.Where(ranks => ranks.IsOversubscribed) ?? [])
        {
            log.Logger.Warning("Host {HostName:l} gets {Slaves} slaves on {Slots} slots", crowded.Host.Name, crowded.Slaves, crowded.Host.Slots);
        }

        log.Logger.Debug("Launching {Command:l}", Launch.Describe(request).Command);
        var outcome = Checked(() => Launch.Run(request, LaunchTimes.Default, receive => new SignalRegistrations(receive)));
        if (outcome.Message.Length > 0)
        {
            log.Report("error: " + outcome.Message);
        }

        return CodeOf(outcome);
    }

    /// <summary>What <c>--dry-run</c> shows of the launch.</summary>
    internal string Describe()
    {
        var (command, hostFile) = Launch.Describe(Request(OwnProgram.CommandLine()));
        var lines = new List<string> { $"{"command",-14} {command}" };
        lines.AddRange(hostFile.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"{"  RUN/hosts",-14} {line}"));
        return string.Join(Environment.NewLine, lines);
    }

    /// <summary>The hosts that the user or the batch system gives; null for this machine.</summary>
    internal HostFile? Hosts() => settings.HostFile is { } file ? HostFile.Read(file.Value) : Allocation.Hosts(host.Environment);

    /// <summary>Has what the wing refuses be a bad option, as it is.</summary>
    internal static T Checked<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (LaunchException e)
        {
            throw new UsageException(e.Message);
        }
    }

    private static int CodeOf(LaunchOutcome outcome) => outcome.End switch
    {
        LaunchEnd.Finished => outcome.Code,
        LaunchEnd.NotStarted => ExitCodes.FabricUnavailable,
        LaunchEnd.Lost => ExitCodes.SlaveLost,
        LaunchEnd.Signalled => 128 + outcome.Code,
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No exit code for {outcome.End}.")),
    };
}
