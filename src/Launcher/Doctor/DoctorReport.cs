using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Doctor;

/// <summary>What <c>hpcrun doctor</c> does: looks at everything that a run on MPI needs, host by host, and says the fix for what fails.</summary>
/// <param name="host">The process.</param>
/// <param name="settings">The host file, the MPI and the options of the fabric mpi.</param>
/// <param name="application">The application that is to run, whose files every host must have; null for none.</param>
internal sealed class DoctorReport(ProgramHost host, HostSettings settings, ApplicationBuild? application)
{
    /// <summary>The verb that the ranks of the doctor's own job run.</summary>
    internal const string RankVerb = "doctor-rank";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly string[] Transports = ["UCX_", "FI_", "OMPI_MCA_", "PMIX_MCA_", "MPIR_CVAR_", "MPICH_", "HYDRA_", "I_MPI_"];
    private const int TimeIsOver = 1;
    private bool _ill;

    /// <summary>Looks, and tells. The exit code: 0 only if all is well.</summary>
    internal int Run()
    {
        var hosts = MpiRestart.Checked(() => new MpiRestart(host, settings).Hosts());
        Tell(Finding.Well("this machine", $"{Environment.MachineName}, {RuntimeInformation.FrameworkDescription}, hpcrun {ProgramHost.VersionText}"));
        if (application is not null)
        {
            Tell(Finding.Well("application", FormattableString.Invariant($"{application.File}, {application.Digests.Count} files in its build")));
        }

        var installations = Installations();
        TellSettings(hosts?.Hosts.Count ?? 1, installations);
        if (hosts is not null && !LookAt(hosts))
        {
            host.Output.WriteLine("MPI itself is not tried before every host answers.");
            return ExitCodes.Failed;
        }

        foreach (var installation in installations)
        {
            if (TryMpi(installation, hosts) is not ExitCodes.Success and var interrupted)
            {
                return interrupted;
            }
        }

        host.Output.WriteLine(_ill ? "Not all is well: see FAIL above." : "All is well.");
        return _ill ? ExitCodes.Failed : ExitCodes.Success;
    }

    private IReadOnlyList<MpiInstallation> Installations()
    {
        var finder = MpiFinder.ForThisProcess(host.Environment);
        try
        {
            IReadOnlyList<MpiInstallation> found = settings.Mpi is { } asked ? [MpiRestart.Checked(() => finder.Find(asked.Value))] : finder.FindAll();
            var first = found.Count > 0 ? found[0] : finder.Find(null);
            foreach (var installation in found)
            {
                Tell(Finding.Well("MPI launcher", $"{installation}{(installation == first && found.Count > 1 ? "; taken unless --mpi says otherwise" : string.Empty)}"));
            }

            return found;
        }
        catch (FabricUnavailableException e)
        {
            Tell(Finding.Ill("MPI launcher", e.Message, "apt install mpich (or openmpi-bin); on a cluster: module load openmpi, or mpich"));
            return [];
        }
    }

    private void TellSettings(int hosts, IReadOnlyList<MpiInstallation> installations)
    {
        var set = Environment.GetEnvironmentVariables().Keys.Cast<string>().Where(name => Transports.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))).Order(StringComparer.Ordinal).ToList();
        Tell(Finding.Note("UCX, libfabric", set.Count == 0 ? "none of their variables is set" : string.Join(", ", set.Select(name => $"{name}={host.Environment(name)}"))));
        var transports = host.Environment("UCX_TLS");
        if (hosts > 1 && transports is not null && !transports.StartsWith('^') && !transports.Split(',').Any(name => name is "all" or "tcp" or "ib" or "rc" or "dc" or "ud" || name.StartsWith("rc_", StringComparison.Ordinal) || name.StartsWith("ud_", StringComparison.Ordinal)))
        {
            Tell(Finding.Ill("UCX", $"UCX_TLS={transports} has nothing that leads to another host", "unset UCX_TLS, or add tcp (rc, ud with InfiniBand)"));
        }

        if (hosts > 1 && OpenMpiDialect.MayEndWithRank(set) && installations.Any(one => one.Family == MpiFamily.OpenMpi))
        {
            Tell(Finding.Note("Open MPI", "over TCP it may end the whole job when a rank on another host dies; not with UCX_NET_DEVICES=NAME, the network interface by which the hosts reach each other"));
        }
    }

    private bool LookAt(HostFile hosts)
    {
        var options = Options();
        var program = OwnProgram.WithoutArguments();
        var probe = new HostProbe(options.Agent, program, Directory.GetCurrentDirectory(), "hpcrun " + ProgramHost.VersionText, application);
        var found = hosts.Hosts.Select(one => Task.Run(() => probe.Look(one))).ToArray();
        foreach (var finding in found.SelectMany(task => task.Result))
        {
            Tell(finding);
        }

        return !found.SelectMany(task => task.Result).Any(finding => finding.Health == Health.Ill && !finding.Text.Contains("slots on", StringComparison.Ordinal));
    }

    /// <summary>Has all hosts talk to each other. 0, or the exit code when the user has had enough.</summary>
    private int TryMpi(MpiInstallation installation, HostFile? hosts)
    {
        var ranks = Math.Max(2, hosts?.Hosts.Count ?? 0);
        var placement = hosts is null ? null : new Placement([.. hosts.Hosts.Select((one, i) => new HostRanks(one, i, hosts.Hosts.Count == 1 ? 2 : 1))]);
        var request = new LaunchRequest(installation, ranks - 1, placement, [.. OwnProgram.WithoutArguments(), RankVerb], Directory.GetCurrentDirectory(), Options());
        var subject = MpiFamilies.NameOf(installation.Family);
        host.Output.Flush();
        try
        {
            Timer? limit = null;
            var first = 0; // What ended it before its time: TimeIsOver, or the exit code of a signal from the user.
            var outcome = MpiRestart.Checked(() => Launch.Run(request, LaunchTimes.Default, receive =>
            {
                limit = new Timer(_ => Receive(PosixSignal.SIGTERM, TimeIsOver), null, Limit, Timeout.InfiniteTimeSpan);
                return new SignalRegistrations(signal => Receive(signal, ExitCodes.For(signal)));
                void Receive(PosixSignal signal, int from)
                {
                    Interlocked.CompareExchange(ref first, from, 0);
                    receive(signal);
                }
            }));
            limit?.Dispose();
            if (first > TimeIsOver)
            {
                return first;
            }

            Judge(subject, first == TimeIsOver ? outcome with { End = LaunchEnd.Signalled } : outcome);
        }
        catch (FabricUnavailableException e)
        {
            Tell(Finding.Ill(subject, e.Message, "what it says, then ask the doctor again"));
        }

        return ExitCodes.Success;
    }

    private void Judge(string subject, LaunchOutcome outcome)
    {
        switch (outcome.End)
        {
            case LaunchEnd.Finished when outcome.Code == ExitCodes.Success:
                return;
            case LaunchEnd.Finished when outcome.Code == ExitCodes.Failed:
                _ill = true; // Its ranks have said what.
                return;
            case LaunchEnd.Signalled:
                Tell(Finding.Ill(subject, $"its ranks did not come together within {Limit.TotalSeconds} s", "open the ports between the hosts, or name the network: --set mpi.iface=NAME, UCX_NET_DEVICES=NAME, OMPI_MCA_btl_tcp_if_include=NAME"));
                return;
            default:
                Tell(Finding.Ill(subject, outcome.Message.Length > 0 ? outcome.Message : FormattableString.Invariant($"rank 0 ended with code {outcome.Code}"), "mpiexec's own words are above; `hpcrun run hello --processor mpi --dry-run` prints its command line"));
                return;
        }
    }

    private LaunchOptions Options() => new MpiRestart(host, settings).Options();

    private void Tell(Finding finding)
    {
        _ill |= finding.Health == Health.Ill;
        host.Output.WriteLine(finding);
    }
}
