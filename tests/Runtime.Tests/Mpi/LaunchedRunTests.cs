using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.RegularExpressions;
using HpcRuntime.Tests.EndToEnd;
using HpcRuntime.Tests.Hosting;
using HpcRuntime.Tests.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <summary>The tool and other programs with <c>--processor mpi</c>, on this machine: they start themselves again under the real mpiexec of each library.</summary>
[TestFixture("mpich")]
[TestFixture("openmpi")]
[NonParallelizable]
[Platform("Linux")]
internal sealed class LaunchedRunTests(string library)
{
    private static readonly string Misra = RepositoryFiles.PathOf("examples/DecayFit/data/misra1a.csv");

    [Test]
    public void Every_rank_is_there()
    {
        var (code, output, error) = Run("run", "hello", "-n", "2");

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.Contain("mpi: 2 slave ranks of 3").And.Contain("rank 0: ").And.Contain("rank 1: ").And.Contain("rank 2: "));
    }

    [TestCase("ReturningApplication", "0", 0)]
    [TestCase("ReturningApplication", "42", 42)]
    [TestCase("ExitingApplication", "", 7)]
    [TestCase("BrokenApplication", "", 1)]
    [TestCase("ThrowingApplication", "", 1)]
    [TestCase("MisusedApplication", "", 2)]
    public void The_exit_code_is_the_applications(string application, string argument, int expected)
        => Assert.That(Run("run", TestApplications.Named(application), "-n", "2", "--", argument).Code, Is.EqualTo(expected));

    [Test]
    public void What_is_told_of_an_exception_is_told_once()
        => Assert.That(Run("run", TestApplications.Named("BrokenApplication"), "-n", "2").Error.Split("System.ArithmeticException: the master miscounted"), Has.Length.EqualTo(2));

    [Test]
    public void The_file_is_the_same_byte_for_byte_also_while_a_slave_is_killed()
    {
        var folder = Directory.CreateTempSubdirectory("mpi-decay-fit-");
        try
        {
            string[] Words(string fabric, string file) => ["run", "decay-fit", "--processor", fabric, "--seed", "3", "-n", "2", "--", Misra, "--model", "saturation", "--simulations", "300000", "--output", Path.Combine(folder.FullName, file)];
            Assert.That(HpcrunProcess.Run(Words("uni", "uni.csv")).Code, Is.Zero);
            using var hpcrun = HpcrunProcess.Start([("HPCRUNTIME_MPI", library)], Words("mpi", "mpi.csv"));
            Leftover.WaitFor(() => LaunchedRanks.HasBegun(hpcrun.Id) && LaunchedRanks.IsBusy(hpcrun.Id, 2));
            LaunchedRanks.Signal(LaunchedRanks.Rank(hpcrun.Id, 2)!.Value, 9);
            var (code, _, error) = hpcrun.WaitForExit();

            Assert.That(code, Is.Zero, error);
            Assert.That(error, Does.Contain("SIGKILL"));
            Assert.That(File.ReadAllBytes(Path.Combine(folder.FullName, "mpi.csv")), Is.EqualTo(File.ReadAllBytes(Path.Combine(folder.FullName, "uni.csv"))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestCase("W1", 2000, 0, "tasks_per_s")]
    [TestCase("W2", 20, 0, "p50_us")]
    [TestCase("W3a", 5, 100_000, "mb_per_s")]
    [TestCase("W3b", 3, 800_000, "mb_per_s")]
    [TestCase("W3c", 0, 800_000, "seconds")]
    [TestCase("W5", 20_000, 0, "seconds")]
    [TestCase("W6", 0, 0, "all_workers_s")]
    [TestCase("W7", 20, 0, "seconds")]
    public void Every_workload_of_the_benchmark_contract_checks_its_results_and_gives_its_figure(string workload, int tasks, int payload, string figure)
    {
        var (code, output, error) = Run("bench", "--workload", workload, "-n", "2", "--reps", "1", "--tasks", Text(tasks), "--payload", Text(payload));

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        var record = JsonDocument.Parse(output).RootElement; // One line of it, and nothing else.
        Assert.That((record.GetProperty("system").GetString(), record.GetProperty("workload").GetString(), record.GetProperty("n_workers").GetInt32()), Is.EqualTo(("hpcruntime-mpi", workload, 2)));
        Assert.That(record.GetProperty(figure).GetDouble(), Is.Positive);
    }

    [Test]
    public void Arrays_arrive_while_a_slave_is_killed_in_their_midst() => KillAmidArrays([("HPCRUNTIME_MPI", library)], 2, "--processor", "mpi");

    [TestCase(2, 130, "SIGINT")]
    [TestCase(15, 143, "SIGTERM")]
    [TestCase(1, 129, "SIGHUP")]
    public void A_signal_ends_the_run_and_how_much_was_done_is_told_once(int signal, int expected, string name)
    {
        using var hpcrun = HpcrunProcess.Start([("HPCRUNTIME_MPI", library)], "run", TestApplications.Named("SlowApplication"), "--processor", "mpi", "-n", "2");
        hpcrun.WaitForLine("started");
        var ranks = LaunchedRanks.All(hpcrun.Id);
        LaunchedRanks.Signal(hpcrun.Id, signal);
        var (code, _, error) = hpcrun.WaitForExit();

        Assert.That(code, Is.EqualTo(expected), error);
        Assert.That(error, Does.Match($@"interrupted by {name}: \d+ of \d+ commands done, 0 failed"));
        Assert.That(error.Split("interrupted by"), Has.Length.EqualTo(2));
        Assert.That(ranks, Has.Count.GreaterThanOrEqualTo(4));
        Assert.That(ranks.Where(process => !Leftover.Ended(process)), Is.Empty);
    }

    [Test]
    public void A_launcher_that_is_killed_leaves_nobody_and_nothing()
    {
        using var hpcrun = HpcrunProcess.Start([("HPCRUNTIME_MPI", library)], "run", TestApplications.Named("SlowApplication"), "--processor", "mpi", "-n", "2");
        hpcrun.WaitForLine("started");
        var ranks = LaunchedRanks.All(hpcrun.Id);
        var folder = LaunchedRanks.RunFolder(hpcrun.Id)!;
        Assert.That(folder, Does.Exist);
        LaunchedRanks.Signal(hpcrun.Id, 9);

        Leftover.WaitFor(() => !ranks.Any(Leftover.Runs));
        Leftover.WaitFor(() => !Directory.Exists(folder));
    }

    [Test]
    public void A_program_of_the_users_own_does_the_same()
    {
        var (code, output, error) = Programs.RunExample("ReadmeExample", ["--processor", "mpi", "--mpi", library, "-n", "2"]);

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Is.EqualTo(Programs.RunExample("ReadmeExample", ["--processor", "uni"]).Output));
    }

    [Test]
    public void A_dry_run_prints_the_command_line_and_starts_nothing()
    {
        var (code, output, error) = Run("run", "hello", "-n", "4", "--dry-run", "--hostfile", RepositoryFiles.PathOf("mpi-hostfiles/local.hosts"));

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.Contain(library == "mpich" ? "-disable-auto-cleanup" : "--enable-recovery --mca orte_allowed_exit_without_sync 1 --bind-to none").And.Contain(" -n 5 /bin/sh").And.Contain("run hello -n 4 --dry-run"));
        Assert.That(output, Does.Contain(library == "mpich" ? "RUN/hosts    localhost:5" : "RUN/hosts    localhost slots=5").And.Contain("processor      mpi"));
    }

    [Test]
    public void Doctor_finds_this_machine_well()
    {
        var (code, output, error) = HpcrunProcess.Run("doctor", "--mpi", library);

        Assert.That(code, Is.Zero, output + error);
        Assert.That(output, Does.Contain("thread level serialized").And.Contain("belongs to its launcher").And.Contain("ping").And.Contain("clocks").And.EndWith("All is well.\n"));
    }

    /// <summary>Kills the last slave while arrays of 1 MiB travel there and back. Every byte is looked at by the benchmark.</summary>
    internal static void KillAmidArrays((string Name, string Value)[] variables, int slaves, params string[] where)
    {
        using var hpcrun = HpcrunProcess.Start(variables, ["bench", .. where, "--workload", "W3a", "-n", $"{slaves}", "--tasks", "2000", "--reps", "1"]);
        Leftover.WaitFor(() => LaunchedRanks.HasBegun(hpcrun.Id) && LaunchedRanks.IsBusy(hpcrun.Id, slaves));
        LaunchedRanks.Signal(LaunchedRanks.Rank(hpcrun.Id, slaves)!.Value, 9);
        var (code, output, error) = hpcrun.WaitForExit();

        Assert.That(code, Is.Zero, error);
        Assert.That(error, Does.Match($"Slave {slaves} .*is lost"));
        Assert.That(output, Does.Contain("\"n_tasks\":2000"));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private (int Code, string Output, string Error) Run(params string[] args) => HpcrunProcess.Run([("HPCRUNTIME_MPI", library)], [.. args.TakeWhile(word => word != "--"), "--processor", "mpi", .. args.SkipWhile(word => word != "--")]);
}

/// <summary>What keeps a run from being launched.</summary>
[Platform("Linux")]
internal sealed class RefusedLaunchTests
{
    [Test]
    public void Without_any_mpi_the_package_is_named()
    {
        var (code, _, error) = HpcrunProcess.Run([("PATH", "/nowhere")], "run", "hello", "--processor", "mpi");

        Assert.That((code, error), Is.EqualTo((3, "error: Fabric 'mpi' cannot run here: no MPI launcher (mpiexec) is on PATH; install the Debian package mpich or openmpi-bin (elsewhere: module load openmpi, or --mpi path/to/mpiexec).\n")));
    }

    [Test]
    public void An_mpiexec_with_one_rank_is_told_what_to_do()
    {
        var host = new FakeHost(("PMI_SIZE", "1"), ("PMI_RANK", "0"));

        Assert.That(host.Host.Run(["--processor", "mpi"], (_, _) => 0), Is.EqualTo(2));
        Assert.That(host.Error, Does.Contain("started by mpiexec of MPICH with 1 rank, which leaves the master without a slave"));
    }

    [TestCase("--hostfile no.hosts", "error: host file no.hosts: there is no such file")]
    [TestCase("--hostfile no.hosts --processor thread", "error: --hostfile no.hosts: the fabric thread does not run on other hosts")]
    [TestCase("--processor mpi --mpi /no/where", "error: --mpi /no/where: there is no such file or folder")]
    [TestCase("--processor mpi --set mpi.agnet=x", "fabric mpi has no option 'agnet'; did you mean 'agent'?")]
    public void A_bad_option_is_one_line_and_ends_with_2(string args, string expected)
    {
        var (code, output, error) = HpcrunProcess.Run(["run", "hello", .. args.Split(' ')]);

        Assert.That((code, output), Is.EqualTo((2, string.Empty)), error);
        Assert.That(error, Does.Contain(expected));
        Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public void Hosts_prints_which_rank_would_run_where()
    {
        var (code, output, error) = HpcrunProcess.Run("hosts", RepositoryFiles.PathOf("mpi-hostfiles/two-hosts.hosts"), "-n", "6");

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(Lines(output), Is.EqualTo(new[]
        {
            "host ranks slaves slots",
            "node01 0-4 4 4 the master is rank 0",
            "node02 5-6 2 4",
            "7 ranks: the master and 6 slaves on 2 of 2 hosts with 8 slots",
        }));
    }

    private static IEnumerable<string> Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Regex.Replace(line.Trim(), " +", " "));
}
