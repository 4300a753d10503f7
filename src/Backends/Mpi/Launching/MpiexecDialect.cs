using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>What a launched run leaves on disk for mpiexec.</summary>
/// <param name="Folder">The folder of the record.</param>
/// <param name="HostFile">The host file in mpiexec's own dialect; null without a placement.</param>
/// <param name="Agent">The script that reaches other hosts; null where there are none.</param>
internal sealed record LaunchFiles(string Folder, string? HostFile, string? Agent);

/// <summary>How one family of launchers is told what to do.</summary>
internal abstract class MpiexecDialect
{
    /// <summary>hydra (MPICH 4.0) has a table of 1,000 words for the program, and writes past its end.</summary>
    private const int MostWords = 500;

    private const int PartLength = 8 * 1024;

    /// <summary>By which hydra is told of hosts, beside the batch systems that <see cref="Allocation"/> knows: its own variable, LSF, SGE, LoadLeveler, Cobalt.</summary>
    private static readonly string[] HostVariables = ["HYDRA_HOST_FILE", "LSB_DJOB_HOSTFILE", "LSB_MCPU_HOSTS", "PE_HOSTFILE", "LOADL_HOSTFILE", "COBALT_NODEFILE"];

    /// <summary>The dialect of a family.</summary>
    internal static MpiexecDialect Of(MpiFamily family) => family == MpiFamily.OpenMpi ? new OpenMpiDialect() : new HydraDialect();

    /// <summary>What UCX takes (UCX_TLS). Not the reading of another process's memory (CMA): it ends the reader when the other one dies. Without it UCX 1.13 takes TCP for large messages
    /// even on one host, which is slower, and MPI_Finalize of MPICH 4.0 then waits for ever (a C program too); shared memory is left.</summary>
    internal static string Transports(bool isOnOneHost) => isOnOneHost ? "^cma,tcp" : "^cma";

    /// <summary>The host file that gives every host exactly its ranks, in order.</summary>
    internal string HostFile(Placement placement) => string.Concat(placement.Hosts.Select(host => HostLine(host.Host.Name, host.Count) + "\n"));

    /// <summary>The call of mpiexec.</summary>
    /// <exception cref="LaunchException">The interface that was asked for is not there.</exception>
    internal MpiexecCommand Command(LaunchRequest request, LaunchFiles files, IReadOnlyDictionary<string, string> environment)
    {
        var network = request.OtherHosts.Count == 0 ? null : request.Options.Interface is { } name ? HostNetwork.Named(name) : HostNetwork.Towards(request.OtherHosts);
        var variables = new Dictionary<string, string>
        {
            [LaunchVariables.Folder] = files.Folder,
            [LaunchVariables.Launcher] = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}@{Environment.MachineName}"),
            ["TERM"] = "dumb", // Open MPI gives ranks a terminal as output; without this .NET writes control sequences into it.
        };
        foreach (var setting in UcxSettings.Needed.Where(setting => !environment.ContainsKey(setting.Name)))
        {
            variables[setting.Name] = setting.Value;
        }

        if (environment.GetValueOrDefault(MpiLibraryChoice.Variable) is not { } library || !File.Exists(library) || !Path.GetFileName(library).Contains(".so", StringComparison.Ordinal))
        {
            variables[MpiLibraryChoice.Variable] = request.Installation.Library;
        }

        if (!environment.ContainsKey("UCX_TLS"))
        {
            variables["UCX_TLS"] = Transports(request.Placement?.Hosts.Count == 1 || (request.Placement is null && !HostVariables.Any(environment.ContainsKey)));
        }

        if (request.PassesInput)
        {
            variables[LaunchVariables.Input] = "1";
        }

        AddVariables(variables);
        var arguments = new List<string>();
        AddOptions(arguments, request, files, network, environment.Keys.Concat(variables.Keys).Distinct(StringComparer.Ordinal));
        return new MpiexecCommand(request.Installation.Mpiexec,
            [.. arguments, .. request.Options.MpiexecOptions, "-n", request.Size.ToString(CultureInfo.InvariantCulture), "/bin/sh", "-c", .. Words(request.Program)], variables);
    }

    /// <summary>The wrapper's script and its arguments: the program as it is, or packed where it has many words.</summary>
    internal static IEnumerable<string> Words(IReadOnlyList<string> program) => program.Count <= MostWords
        ? [Scripts.Wrapper, "hpcrun-rank", .. program]
        : [Scripts.Unpack + "\n" + Scripts.Wrapper, "hpcrun-rank", .. Packed(program)];

    private static IEnumerable<string> Packed(IReadOnlyList<string> program)
    {
        var part = new StringBuilder();
        foreach (var word in program.Select(MpiexecCommand.Quote))
        {
            if (part.Length > 0 && part.Length + word.Length > PartLength)
            {
                yield return part.ToString();
                part.Clear();
            }

            part.Append(part.Length > 0 ? " " : string.Empty).Append(word);
        }

        yield return part.ToString();
    }

    /// <summary>A host and its ranks.</summary>
    protected abstract string HostLine(string host, int ranks);

    /// <summary>Adds variables for mpiexec itself.</summary>
    protected virtual void AddVariables(IDictionary<string, string> variables)
    {
    }

    /// <summary>Adds the options before <c>-n</c>.</summary>
    protected abstract void AddOptions(ICollection<string> arguments, LaunchRequest request, LaunchFiles files, HostNetwork? network, IEnumerable<string> variables);

    /// <summary>Adds several words at once.</summary>
    protected static void Add(ICollection<string> arguments, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            arguments.Add(word);
        }
    }
}

/// <summary>Hydra, the launcher of MPICH. It hands its whole environment to every rank.</summary>
internal sealed class HydraDialect : MpiexecDialect
{
    /// <inheritdoc/>
    protected override string HostLine(string host, int ranks) => string.Create(CultureInfo.InvariantCulture, $"{host}:{ranks}");

    /// <inheritdoc/>
    protected override void AddOptions(ICollection<string> arguments, LaunchRequest request, LaunchFiles files, HostNetwork? network, IEnumerable<string> variables)
    {
        Add(arguments, "-disable-auto-cleanup", "-wdir", request.WorkingDirectory);
        if (files.HostFile is not null)
        {
            Add(arguments, "-f", files.HostFile);
        }

        if (files.Agent is not null)
        {
            Add(arguments, "-launcher", "ssh", "-launcher-exec", files.Agent);
        }

        if (network is not null)
        {
            // Else the other hosts are told this machine's bare name, which they may not know, and mpiexec waits for them for ever.
            Add(arguments, "-iface", network.Name);
        }
    }
}

/// <summary>Open MPI 4. Variables reach ranks on other hosts only if they are named.</summary>
internal sealed class OpenMpiDialect : MpiexecDialect
{
    private const string UcxNetwork = "UCX_NET_DEVICES";
    private const string InfiniBand = "/sys/class/infiniband";

    // Those that tell of this machine or this login, not of the run.
    private static readonly string[] Local = ["_", "HOME", "HOSTNAME", "LOGNAME", "MAIL", "OLDPWD", "PWD", "SHELL", "SHLVL", "TMPDIR", "USER", "DISPLAY"];
    private static readonly string[] Messaging = ["OMPI_MCA_pml", "OMPI_MCA_pml_ucx_tls", "OMPI_MCA_pml_ucx_devices"];
    private static readonly string[] LocalPrefixes = ["OMPI_", "PMIX_", "PMI_", "SSH_", "XDG_", "DBUS_"];

    /// <summary>Whether messages between hosts would take TCP in a way that may end the job with a rank that dies: neither UCX has been told its network, nor Open MPI its way, nor is there InfiniBand, which it takes UCX for.</summary>
    internal static bool MayEndWithRank(IEnumerable<string> variables) =>
        !variables.Any(name => name == UcxNetwork || Messaging.Contains(name)) && !(Directory.Exists(InfiniBand) && Directory.EnumerateFileSystemEntries(InfiniBand).Any());

    /// <inheritdoc/>
    protected override string HostLine(string host, int ranks) => string.Create(CultureInfo.InvariantCulture, $"{host} slots={ranks}");

    /// <inheritdoc/>
    protected override void AddVariables(IDictionary<string, string> variables)
    {
        if (OwnProcess.IsRoot)
        {
            variables["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
            variables["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        }
    }

    /// <inheritdoc/>
    protected override void AddOptions(ICollection<string> arguments, LaunchRequest request, LaunchFiles files, HostNetwork? network, IEnumerable<string> variables)
    {
        // Unbound: by default each rank gets one core, and two jobs on one host the same ones.
        // And once a rank was lost the others leave without MPI_Finalize: else mpiexec waits for them on other hosts for ever.
        Add(arguments, "--enable-recovery", "--mca", "orte_allowed_exit_without_sync", "1", "--bind-to", "none", "--oversubscribe", "--wdir", request.WorkingDirectory);
        if (files.HostFile is not null)
        {
            Add(arguments, "--hostfile", files.HostFile);
        }

        if (files.Agent is not null)
        {
            // The session stays for as long as the daemon does, so that its end is seen here. And all daemons are started from here: beyond 64 hosts they would start each other, by an agent that is on this host alone.
            // Each daemon looks for the agent's first word nevertheless, and crashes (4.1) where that is not on its host.
            Add(arguments, "--mca", "plm_rsh_agent", "/bin/sh " + Unbroken(files.Agent), "--mca", "plm_rsh_no_tree_spawn", "1", "--leave-session-attached");
        }

        if (network is { ReachesAllDirectly: true })
        {
            Add(arguments, "--mca", "oob_tcp_if_include", network.Subnet, "--mca", "btl_tcp_if_include", network.Subnet);
        }

        if (request.OtherHosts.Count > 0 && variables.Contains(UcxNetwork) && !variables.Any(Messaging.Contains) && !request.Options.MpiexecOptions.Any(word => word.StartsWith("pml", StringComparison.Ordinal)))
        {
            // What Open MPI takes over TCP by itself (ob1) aborts where a message is on its way to a rank that dies; UCX reports it. Which of a host's networks lead to the others,
            // UCX has to be told by name, on each host: only where somebody has done so it is safe. Debian's own settings exclude UCX; ob1 is left for a build without it.
            // And Open MPI is not to rewrite libc's code while other threads run it, as UCX would (UcxSettings).
            Add(arguments, "--mca", "pml", "ucx,ob1", "--mca", "opal_common_ucx_opal_mem_hooks", "0", "--mca", "pml_ucx_tls", "any", "--mca", "pml_ucx_devices", "any");
        }

        // Ranks on this machine have them anyway, but for the one that Open MPI sets itself.
        foreach (var name in variables.Where(name => request.OtherHosts.Count > 0 ? Travels(name) : name == "TERM").Order(StringComparer.Ordinal))
        {
            Add(arguments, "-x", name);
        }
    }

    private static string Unbroken(string path) => path.AsSpan().IndexOfAny(" \t:") < 0 ? path
        : throw new LaunchException($"the path of the run's record ({Path.GetDirectoryName(path)}) has a blank or a colon in it, at which Open MPI's mpiexec breaks a path; choose another folder with --set mpi.run-folder=FOLDER.");

    private static bool Travels(string name) => !Local.Contains(name) && !LocalPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_') && !char.IsAsciiDigit(name[0]);
}
