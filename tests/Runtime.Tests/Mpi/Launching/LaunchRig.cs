using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Launching;

namespace HpcRuntime.Tests.Mpi.Launching;

/// <summary>Launches a line of shell as the ranks of a world, under the real mpiexec of a family, with short times.</summary>
internal sealed class LaunchRig(MpiFamily family) : IDisposable
{
    /// <summary>The rank's number, in a line of shell.</summary>
    internal const string Rank = "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}";

    private const string SessionVariable = "OMPI_MCA_orte_tmpdir_base";

    private static readonly LaunchTimes Short = new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hpcrun-launch-tests-");
    private readonly DirectoryInfo _session = Directory.CreateTempSubdirectory("hpcrun-session-"); // What Open MPI keeps there is not of the run.

    /// <summary>Where ranks may leave files: <c>$OUT</c> in the line of shell.</summary>
    internal string Folder => _folder.FullName;

    /// <summary>Set once the run listens to signals.</summary>
    internal Action<PosixSignal>? Signal { get; private set; }

    /// <summary>What is launched.</summary>
    internal LaunchRequest Request(string line, int slaves, Placement? placement = null, LaunchOptions? options = null)
    {
        var installation = MpiFinder.ForThisProcess(Environment.GetEnvironmentVariable).Find(family == MpiFamily.OpenMpi ? "openmpi" : "mpich");
        options = (options ?? new LaunchOptions()) with { Folder = Folder };
        return new LaunchRequest(installation, slaves, placement, ["/bin/sh", "-c", $"OUT={Folder}; rank={Rank}; {line}", "the-line", "an argument"], Folder, options);
    }

    /// <summary>Runs a line to its end.</summary>
    internal LaunchOutcome Run(string line, int slaves = 2, Placement? placement = null, LaunchOptions? options = null)
    {
        // Else all mpiexec of a user share a folder, and one that ends removes it while another begins.
        Environment.SetEnvironmentVariable(SessionVariable, _session.FullName);
        return Launch.Run(Request(line, slaves, placement, options), Short, Listen);
    }

    /// <summary>The files that ranks left, by name.</summary>
    internal Dictionary<string, string> Files() => _folder.GetFiles().ToDictionary(file => file.Name, file => File.ReadAllText(file.FullName));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(SessionVariable, null);
        foreach (var folder in new[] { Folder, _session.FullName }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private IDisposable Listen(Action<PosixSignal> receive)
    {
        Signal = receive;
        return new MemoryStream(); // Nothing to let go of.
    }
}
