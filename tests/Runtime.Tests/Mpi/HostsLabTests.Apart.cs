using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using HpcRuntime.Tests.EndToEnd;
using HpcRuntime.Tests.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <content>Hosts of which each has a temporary folder of its own, as most clusters' have: no word of a rank comes through a file.</content>
internal sealed partial class HostsLabTests
{
    private DirectoryInfo _apart = null!;

    [SetUp]
    public void MakeFolders() => _apart = Directory.CreateTempSubdirectory("lab-apart-");

    [TearDown]
    public void RemoveFolders() => _apart.Delete(recursive: true);

    [Test]
    public void Hosts_without_a_shared_folder_give_the_same_file_while_the_only_slave_of_one_is_killed()
    {
        string[] Words(string file, params string[] fabric) => ["run", "decay-fit", .. fabric, "--seed", "3", "-n", "3", "--", Misra, "--model", "saturation", "--simulations", "300000", "--output", Path.Combine(_apart.FullName, file)];
        Assert.That(HpcrunProcess.Run(Words("uni.csv", "--processor", "uni")).Code, Is.Zero);
        using var hpcrun = StartOnFirstHost(Apart(), Words("lab.csv", "--hostfile", Hosts));
        Leftover.WaitFor(() => LaunchedRanks.HasBegun(hpcrun.Id) && LaunchedRanks.IsBusy(hpcrun.Id, 2));
        LaunchedRanks.Signal(LaunchedRanks.Rank(hpcrun.Id, 2)!.Value, 9);
        var (code, output, error) = hpcrun.WaitForExit();

        Assert.That(code, Is.Zero, error);
        Assert.That(error, Does.Match("Slave 2 .*is lost.*SIGKILL").And.Not.Contain("\u001e"));
        Assert.That(output, Does.Not.Contain("BAD TERMINATION").And.Not.Contain("\u001e"));
        Assert.That(File.ReadAllBytes(Path.Combine(_apart.FullName, "lab.csv")), Is.EqualTo(File.ReadAllBytes(Path.Combine(_apart.FullName, "uni.csv"))));
        AssertNothingIsLeft();
    }

    [Test]
    public void Without_a_shared_folder_a_host_that_lacks_the_runtime_ends_the_start_and_is_named()
    {
        var (code, error) = FailToStart(Path.GetDirectoryName(new FileInfo(Runtime).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Runtime)!);

        Assert.That(code, Is.EqualTo(3), error);
        Assert.That(error, Does.Match("rank 2 on host h2 did not start: .*dotnet is not there"));
    }

    [Test]
    public void Without_a_shared_folder_a_host_that_lacks_the_application_ends_the_start_and_is_named()
    {
        var (code, error) = FailToStart(Path.GetDirectoryName(TestApplications.Assembly)!);

        Assert.That(code, Is.EqualTo(3), error);
        Assert.That(error, Does.Match("rank 2 on host h2 did not start: it ended with code [1-9]"));
        Assert.That(error, Does.Contain(TestApplications.Assembly));
    }

    [TestCase("code 7", 7)]
    [TestCase("throw", 1)]
    public void A_master_on_a_host_without_a_shared_folder_keeps_its_exit_code(string words, int expected)
    {
        using var program = HpcrunProcess.StartProgram(MpiFabric.MpiJob.Peer, AsSeenFromHere(), ["program", "--processor", "mpi", "-n", "3", "--hostfile", Hosts, .. words.Split(' ')]);
        var (code, output, error) = program.WaitForExit();

        Assert.That(code, Is.EqualTo(expected), error);
        Assert.That(output + error, Does.Not.Contain("BAD TERMINATION").And.Not.Contain("\u001e"));
        AssertNothingIsLeft();
    }

    [Test]
    public void A_master_on_a_host_without_a_shared_folder_keeps_its_exit_code_where_standard_error_cannot_be_written()
    {
        using var hpcrun = HpcrunProcess.StartBehind(["/bin/sh", "-c", "exec \"$@\" 2>/dev/full", "sh"], AsSeenFromHere(), "run", TestApplications.Named("ReturningApplication"), "--processor", "mpi", "-n", "3", "--hostfile", Hosts, "--", "7");
        var (code, output, _) = hpcrun.WaitForExit();

        Assert.That(code, Is.EqualTo(7), output);
        AssertNothingIsLeft();
    }

    [Test]
    public void A_signal_reaches_a_master_on_a_host_without_a_shared_folder()
    {
        using var hpcrun = HpcrunProcess.Start(AsSeenFromHere(), "run", TestApplications.Named("SlowApplication"), "--hostfile", Hosts);
        hpcrun.WaitForLine("started");
        LaunchedRanks.Signal(hpcrun.Id, 2);
        var (code, _, error) = hpcrun.WaitForExit();

        Assert.That(code, Is.EqualTo(130), error);
        Assert.That(error, Does.Match(@"interrupted by SIGINT: \d+ of \d+ commands done, 0 failed"));
        AssertNothingIsLeft();
    }

    private static string Runtime => Environment.ProcessPath is { } own && Path.GetFileName(own) == "dotnet" ? own : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "/usr/bin/dotnet";

    /// <summary>The launcher runs where rank 0 does, as in an allocation of a cluster.</summary>
    private HpcrunProcess StartOnFirstHost((string Name, string Value)[] variables, params string[] words) =>
        HpcrunProcess.StartBehind([RepositoryFiles.PathOf("scripts/hosts-lab.sh"), "run", "h1"], variables, words);

    private (int Code, string Error) FailToStart(string missing)
    {
        var clock = Stopwatch.StartNew();
        using var hpcrun = StartOnFirstHost(Apart(missing), "run", TestApplications.Named("SlowApplication"), "--processor", "mpi", "-n", "3", "--hostfile", Hosts);
        var (code, output, error) = hpcrun.WaitForExit();
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(40)));
        Assert.That(output, Is.Empty);
        AssertNothingIsLeft();
        return (code, error);
    }

    private void AssertNothingIsLeft()
    {
        Leftover.WaitFor(() => new[] { "h1", "h2", "h3" }.SelectMany(HostsLab.Processes).ToArray() is []);
        Assert.That(_apart.GetDirectories("hpcrun-*"), Is.Empty);
    }

    private (string Name, string Value)[] AsSeenFromHere() => [.. Apart().Select(variable => variable.Name == "HPCRUNTIME_SET" ? (variable.Name, variable.Value.Replace("mpi.iface=eth0", "mpi.iface=hpclab", StringComparison.Ordinal)) : variable)];

    /// <summary>Variables for a run from h1 whose other hosts see an empty folder in the place of the record's, and h2 also in the place of <paramref name="missing"/>.</summary>
    private (string Name, string Value)[] Apart(string missing = "")
    {
        var agent = Path.Combine(_apart.FullName, "agent");
        File.WriteAllText(agent, $$"""
            #!/bin/sh
            while :; do case $1 in -*) shift ;; *) break ;; esac; done
            host=$1
            shift
            missing={{missing}}
            [ "$host" = h2 ] || missing=
            exec ip netns exec "hpclab${host#h}" unshare --uts --mount sh -c "hostname $host; mount -t tmpfs none {{_apart.FullName}} && { [ -z '$missing' ] || mount -t tmpfs none '$missing'; } && cd / && exec /bin/sh -c \"\$0\"" "$*"

            """);
        File.SetUnixFileMode(agent, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return
        [
            ("HPCRUNTIME_MPI", library),
            ("HPCRUNTIME_SET", $"mpi.agent={agent};mpi.iface=eth0;mpi.run-folder={_apart.FullName}"),
            ("UCX_TLS", "tcp,self"),
            ("UCX_NET_DEVICES", "eth0"),
        ];
    }
}
