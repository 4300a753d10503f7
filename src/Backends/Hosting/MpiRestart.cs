using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Interop.MpiNet;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Restarts this program under mpiexec when the mpi fabric was asked for and nothing has launched it so far.</summary>
/// <param name="host">The process.</param>
/// <param name="settings">What the user decided.</param>
internal sealed class MpiRestart(ProgramHost host, HostSettings settings)
{
    private const string Mpi = "mpi";
    private const string HostFileOption = "--hostfile";

    /// <summary>The fabric that the user asked for: by its name, or by a host file.</summary>
    /// <exception cref="UsageException">A host file was given for a fabric that has no use for it.</exception>
    internal static GivenValue? Asked(HostSettings settings)
    {
        if (settings.Processor is not { } asked)
        {
            return settings.HostFile is { } file ? new GivenValue(Mpi, file.Origin) : null;
        }

        if (settings.HostFile is not { Origin: HostFileOption } given || IsMpi(asked))
        {
            return asked; // A host file in the environment may serve other runs.
        }

        // What is given for this run wins over the environment.
        return asked.Origin == "--processor"
            ? throw new UsageException($"--hostfile {given.Value}: the fabric {asked.Value} does not run on other hosts; leave it out, or give --processor mpi.")
            : new GivenValue(Mpi, HostFileOption);
    }

    /// <summary>Whether a run with these settings has to be launched: it is to be on mpi, and this process is no rank yet. In debug mode everything runs in line.</summary>
    internal static bool IsNeeded(HostSettings settings, MpiLauncherEnvironment? launcher) => launcher is null && !settings.Options.Debug && Asked(settings) is { } asked && IsMpi(asked);

    /// <summary>What is to be launched.</summary>
    /// <exception cref="UsageException">The host file, the launcher's name or an option is wrong.</exception>
    /// <exception cref="FabricUnavailableException">No MPI launcher is here.</exception>
    internal LaunchRequest Request(IReadOnlyList<string> program) => Checked(() =>
    {
        var hosts = Hosts();
        var slaves = settings.Slaves ?? hosts?.Slots ?? settings.DefaultSlaves;
        var net = MpiNetChoice.From(Values(settings), host.Environment);
        var installation = MpiFinder.ForThisProcess(host.Environment).Find(settings.Mpi?.Value ?? (net is null ? null : "mpich"));
        var request = new LaunchRequest(installation, slaves, hosts is null ? null : Placement.Create(hosts, slaves), program, Directory.GetCurrentDirectory(), Options())
        {
            PassesInput = settings.ReadsInput && Console.IsInputRedirected, // A terminal stays with this process: mpiexec, in a group of its own, may not read from it.
        };
        Check(net, request);
        Check(settings);
        return request;
    });

    /// <summary>Checks the values of the fabric's options, which every rank would refuse.</summary>
    /// <exception cref="UsageException">One makes no sense.</exception>
    internal static void Check(HostSettings settings)
    {
        try
        {
            _ = MpiSettings.From(new FabricSettings(1, Values(settings), Serilog.Core.Logger.None));
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message);
        }
    }

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

        if (request.Installation.Family == MpiFamily.OpenMpi && request.OtherHosts.Count > 0 && OpenMpiDialect.MayEndWithRank(Environment.GetEnvironmentVariables().Keys.Cast<string>()))
        {
            log.Logger.Warning("Open MPI over TCP may end the whole run when a rank on another host dies; not with UCX_NET_DEVICES=NAME, the network interface by which the hosts reach each other");
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

    /// <summary>The options of launching among those of the fabric mpi.</summary>
    internal LaunchOptions Options() => LaunchOptions.From(Values(settings));

    /// <summary>What every rank would find is said once, before there are ranks; other hosts may have what this one lacks.</summary>
    private static void Check(MpiNetChoice? net, LaunchRequest request)
    {
        if (net is null)
        {
            return;
        }

        MpiNetChoice.RefuseUnfit(request.Installation.Family, request.Installation.ToString());
        if (request.OtherHosts.Count == 0)
        {
            _ = MpiNetAssembly.Load(net);
        }
    }

    /// <summary>The options of the fabric mpi, by key.</summary>
    private static Dictionary<string, string> Values(HostSettings settings) => settings.Settings.Where(pair => pair.Key.StartsWith(Mpi + ".", StringComparison.OrdinalIgnoreCase))
        .ToDictionary(pair => pair.Key[(Mpi.Length + 1)..], pair => pair.Value.Value, StringComparer.OrdinalIgnoreCase);

    private static bool IsMpi(GivenValue asked) => string.Equals(asked.Value, Mpi, StringComparison.OrdinalIgnoreCase);

    private static int CodeOf(LaunchOutcome outcome) => outcome.End switch
    {
        LaunchEnd.Finished => outcome.Code,
        LaunchEnd.NotStarted => ExitCodes.FabricUnavailable,
        LaunchEnd.Lost => ExitCodes.SlaveLost,
        LaunchEnd.Signalled => 128 + outcome.Code,
        _ => throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"No exit code for {outcome.End}.")),
    };
}
