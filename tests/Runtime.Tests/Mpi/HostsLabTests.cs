using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using HpcRuntime.Tests.EndToEnd;
using HpcRuntime.Tests.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <summary>Runs over three hosts, which are network namespaces of this machine. As root a missing tool fails the tests; other users cannot make hosts.</summary>
[TestFixture("mpich")]
[TestFixture("openmpi")]
[NonParallelizable]
[Platform("Linux")]
[UnsupportedOSPlatform("windows")]
internal sealed partial class HostsLabTests(string library) : IDisposable
{
    private static readonly string Misra = RepositoryFiles.PathOf("examples/DecayFit/data/misra1a.csv");
    private static readonly string Hosts = RepositoryFiles.PathOf("mpi-hostfiles/lab.hosts");
    private HostsLab? _lab;

    [OneTimeSetUp]
    public void Build()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Network namespaces need root.");
        }

        _lab = new HostsLab();
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _lab?.Dispose();
        _lab = null;
    }

    [TestCase("ssh")]
    [TestCase("rsh")]
    public void Ranks_run_where_the_host_file_says_over_ssh_and_over_an_agent_without(string agent)
    {
        var (code, output, error) = HpcrunProcess.Run(Variables(agent), "run", "hello", "--hostfile", Hosts);

        Assert.That(code, Is.Zero, error);
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => string.Join(' ', line.Replace(",", string.Empty, StringComparison.Ordinal).Split(' ').Take(4))),
            Is.EqualTo(new[] { "rank 0: host h1", "rank 1: host h1", "rank 2: host h2", "rank 3: host h3" }));
    }

    [Test]
    public void The_library_rewrites_no_code_of_libc_while_threads_of_the_runtime_run_it()
    {
        using var hpcrun = HpcrunProcess.Start(Variables("rsh"), "run", TestApplications.Named("SlowApplication"), "--hostfile", Hosts);
        hpcrun.WaitForLine("started");
        var code = File.ReadLines($"/proc/{LaunchedRanks.Rank(hpcrun.Id, 2)}/maps").Where(line => line.EndsWith("/libc.so.6", StringComparison.Ordinal) && line.Contains(" r-x", StringComparison.Ordinal)).ToArray();
        LaunchedRanks.Signal(hpcrun.Id, 2);
        hpcrun.WaitForExit();

        Assert.That(code, Has.Length.EqualTo(1), "each page that was rewritten is a line of its own");
    }

    [TestCase(1)]
    [TestCase(5)]
    public void The_file_is_the_same_byte_for_byte_for_any_number_of_slaves(int slaves) => Compare(slaves, _ => { });

    [Test]
    public void Programs_that_a_plain_mpiexec_started_there_take_their_rank()
    {
        var mpi = library == "mpich" ? MpiFabric.Mpi.Mpich : MpiFabric.Mpi.OpenMpi;
        var hosts = Path.GetTempFileName();
        File.WriteAllLines(hosts, new[] { "h1", "h2", "h3" }.Select(host => host + (library == "mpich" ? ":1" : " slots=1")));
        string[] options = library == "mpich"
            ? ["-f", hosts, "-iface", "hpclab", "-launcher", "ssh", "-launcher-exec", "/run/hpcrun-lab/ssh"]
            : ["--hostfile", hosts, "--mca", "plm_rsh_agent", "/run/hpcrun-lab/ssh", "--mca", "oob_tcp_if_include", "10.77.0.0/24", "--mca", "btl_tcp_if_include", "10.77.0.0/24", "-x", "TERM"];
        try
        {
            MpiFabric.PlainMpiexecTests.Compare(mpi, options);
            MpiFabric.PlainMpiexecTests.CompareOwn(mpi, options);
            MpiFabric.PlainMpiexecTests.KeepsCode(mpi, options);
        }
        finally
        {
            File.Delete(hosts);
        }
    }

    [Test]
    public void The_file_is_the_same_byte_for_byte_over_a_slow_link()
    {
        HostsLab.Script("slow", "h3", "20ms");
        try
        {
            Compare(3, _ => { });
        }
        finally
        {
            HostsLab.Script("fast", "h3");
        }
    }

    [Test]
    public void The_file_is_the_same_byte_for_byte_while_the_only_slave_of_a_host_is_killed() => Compare(
        2,
        hpcrun =>
        {
            Leftover.WaitFor(() => LaunchedRanks.HasBegun(hpcrun.Id) && LaunchedRanks.IsBusy(hpcrun.Id, 2));
            LaunchedRanks.Signal(LaunchedRanks.Rank(hpcrun.Id, 2)!.Value, 9);
        },
        mustSay: "is lost",
        simulations: 300_000);

    [Test]
    public void Arrays_arrive_while_a_rank_of_another_host_is_killed_in_their_midst() => LaunchedRunTests.KillAmidArrays(Variables("ssh"), 3, "--hostfile", Hosts);

    [Test]
    public void A_master_that_is_killed_leaves_nobody_on_any_host_for_more_than_10_s()
    {
        using var hpcrun = HpcrunProcess.Start(Variables("ssh"), "run", TestApplications.Named("SlowApplication"), "--hostfile", Hosts);
        hpcrun.WaitForLine("started");
        int[] ranks = [.. Enumerable.Range(0, 4).Select(rank => LaunchedRanks.Rank(hpcrun.Id, rank)!.Value)];
        var clock = Stopwatch.StartNew();
        LaunchedRanks.Signal(ranks[0], 9);
        Leftover.WaitFor(() => !ranks.Any(Leftover.Runs));

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
        Assert.That(hpcrun.WaitForExit().Code, Is.Not.Zero);
    }

    /// <summary>The launcher reaches it through the agent.</summary>
    [Test]
    public void A_signal_reaches_a_master_on_another_host()
    {
        using var hpcrun = HpcrunProcess.Start(Variables("ssh"), "run", TestApplications.Named("SlowApplication"), "--hostfile", Hosts);
        hpcrun.WaitForLine("started");
        var ranks = LaunchedRanks.All(hpcrun.Id);
        LaunchedRanks.Signal(hpcrun.Id, 2);
        var (code, _, error) = hpcrun.WaitForExit();

        Assert.That(code, Is.EqualTo(130), error);
        Assert.That(error, Does.Match(@"interrupted by SIGINT: \d+ of \d+ commands done, 0 failed"));
        Assert.That(error.Split("interrupted by"), Has.Length.EqualTo(2));
        Leftover.WaitFor(() => !ranks.Any(Leftover.Runs));
    }

    [Test]
    public void A_cut_cable_costs_a_slave_and_not_the_run()
    {
        try
        {
            using var hpcrun = HpcrunProcess.Start(Variables("ssh", "mpi.heartbeat=2s"), "run", TestApplications.Named("SlowApplication"), "--hostfile", Hosts);
            hpcrun.WaitForLine("started");
            HostsLab.Script("cut", "h3");
            var (code, _, error) = hpcrun.WaitForExit();

            Assert.That(code, Is.Zero, error);
            Assert.That(error, Does.Match("Slave 3 .*is lost"));
            Leftover.WaitFor(() => !HostsLab.Processes("h3").Any(words => words.Contains("dotnet", StringComparison.Ordinal)));
        }
        finally
        {
            HostsLab.Script("join", "h3");
        }
    }

    [Test]
    public void A_master_whose_host_is_cut_off_leaves_no_slave_for_more_than_10_s()
    {
        try
        {
            using var hpcrun = HpcrunProcess.Start(Variables("rsh"), "run", TestApplications.Named("SlowApplication"), "--hostfile", Hosts);
            hpcrun.WaitForLine("started");
            int[] slaves = [LaunchedRanks.Rank(hpcrun.Id, 2)!.Value, LaunchedRanks.Rank(hpcrun.Id, 3)!.Value];
            var clock = Stopwatch.StartNew();
            HostsLab.Script("cut", "h1");
            Leftover.WaitFor(() => !slaves.Any(Leftover.Runs));

            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)));
            LaunchedRanks.Signal(hpcrun.Id, 2);
            LaunchedRanks.Signal(hpcrun.Id, 2);
            Assert.That(hpcrun.WaitForExit().Code, Is.Not.Zero);
        }
        finally
        {
            HostsLab.Script("join", "h1");
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Open_MPI_over_TCP_is_warned_of_where_its_network_is_not_named(bool isNamed)
    {
        var variables = Variables("rsh").Where(variable => isNamed || !variable.Name.StartsWith("UCX_", StringComparison.Ordinal)).ToArray();
        var (code, _, error) = HpcrunProcess.Run(variables, "run", "hello", "--hostfile", Hosts);

        Assert.That(code, Is.Zero, error);
        Assert.That(error.Contains("may end the whole run when a rank on another host dies; not with UCX_NET_DEVICES=NAME", StringComparison.Ordinal), Is.EqualTo(library == "openmpi" && !isNamed), error);
    }

    [Test]
    public void A_host_that_refuses_ssh_is_named_and_nothing_is_left_on_the_others()
    {
        HostsLab.Script("refuse", "h3");
        try
        {
            var clock = Stopwatch.StartNew();
            var (code, _, error) = HpcrunProcess.Run(Variables("ssh"), "run", "hello", "--hostfile", Hosts);

            Assert.That(code, Is.EqualTo(3), error);
            Assert.That(error, Does.Contain("host h3 could not be reached").And.Contain("Connection refused"));
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(40)));
            Leftover.WaitFor(() => HostsLab.Processes("h1").Concat(HostsLab.Processes("h2")).ToArray() is []);

            var (health, findings, _) = HpcrunProcess.Run(Variables("ssh"), "doctor", "--hostfile", Hosts);
            Assert.That(health, Is.EqualTo(1));
            Assert.That(findings, Does.Contain("FAIL  host h3            cannot be reached").And.Contain("fix: `/run/hpcrun-lab/ssh h3 true` must work"));
        }
        finally
        {
            HostsLab.Script("accept", "h3");
        }
    }

    [Test]
    public void A_lab_that_lost_an_sshd_is_built_anew()
    {
        HostsLab.Script("refuse", "h2");
        HostsLab.Script("up", "3");

        var (code, _, error) = HpcrunProcess.Run(Variables("ssh"), "run", "hello", "--hostfile", Hosts);

        Assert.That(code, Is.Zero, error);
    }

    [Test]
    public void A_daemon_that_is_killed_ends_the_run_at_once_and_its_host_is_named()
    {
        using var hpcrun = HpcrunProcess.Start(Variables("ssh"), "run", TestApplications.Named("SlowApplication"), "--hostfile", Hosts);
        hpcrun.WaitForLine("started");
        var ranks = LaunchedRanks.All(hpcrun.Id);
        var clock = Stopwatch.StartNew();
        LaunchedRanks.Signal(Daemon("h2"), 9);
        var (code, _, error) = hpcrun.WaitForExit();

        Assert.That(code, Is.EqualTo(4), error);
        Assert.That(error, Does.Contain("mpiexec's daemon on host h2 was lost"));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(15)));
        Assert.That(ranks.Where(process => !Leftover.Ended(process)), Is.Empty);
    }

    [Test]
    public void Doctor_looks_for_the_application_on_every_host_and_pings_every_pair()
    {
        var (code, output, error) = HpcrunProcess.Run(Variables("ssh"), "doctor", "decay-fit", "--hostfile", Hosts);

        Assert.That(code, Is.Zero, output + error);
        Assert.That(output, Does.Contain("h1 - h2: ").And.Contain("h1 - h3: ").And.Contain("h2 - h3: ").And.Contain("UCX_TLS=tcp,self").And.Match(@"ok    host h3            has the same HpcRuntime\.Examples\.DecayFit\.dll"));
    }

    private (string Name, string Value)[] Variables(string agent, params string[] settings) => [("HPCRUNTIME_MPI", library), .. HostsLab.Variables(agent, settings)];

    private void Compare(int slaves, Action<HpcrunProcess> during, string mustSay = "", int simulations = 60_000)
    {
        var folder = Directory.CreateTempSubdirectory("lab-decay-fit-");
        try
        {
            string[] Words(string file, params string[] fabric) => ["run", "decay-fit", .. fabric, "--seed", "3", "-n", $"{slaves}", "--", Misra, "--model", "saturation", "--simulations", $"{simulations}", "--output", Path.Combine(folder.FullName, file)];
            Assert.That(HpcrunProcess.Run(Words("uni.csv", "--processor", "uni")).Code, Is.Zero);
            using var hpcrun = HpcrunProcess.Start(Variables("ssh"), Words("lab.csv", "--hostfile", Hosts));
            during(hpcrun);
            var (code, _, error) = hpcrun.WaitForExit();
            Assert.That(code, Is.Zero, error);
            Assert.That(error, Does.Contain(mustSay));
            Assert.That(File.ReadAllBytes(Path.Combine(folder.FullName, "lab.csv")), Is.EqualTo(File.ReadAllBytes(Path.Combine(folder.FullName, "uni.csv"))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The process of mpiexec's daemon on a host.</summary>
    private static int Daemon(string host)
    {
        using var ip = Process.Start(new ProcessStartInfo("ip", ["netns", "pids", "hpclab" + host[1..]]) { RedirectStandardOutput = true })!;
        var processes = ip.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(pid => int.Parse(pid, System.Globalization.CultureInfo.InvariantCulture));
        return processes.First(process => LaunchedRanks.Program(process) is "hydra_pmi_proxy" or "orted");
    }
}
