using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>The fabric with its calls made by MPI.NET: by the stand-in of tests/MpiNetStandIn, and by the assembly that HPCRUNTIME_MPINET names where it is set.</summary>
[Platform("Linux")]
[NonParallelizable]
[TestFixtureSource(nameof(Assemblies))]
public sealed class MpiNetTests(string assembly, bool counts)
{
    internal static readonly string StandIn = MpiJob.PathOf("MpiNetStandIn", "MPI.dll");

    private string[] Options => ["--set", "mpi.binding=mpinet", "--set", "mpi.net-assembly=" + assembly];

    public static IEnumerable<TestFixtureData> Assemblies()
    {
        yield return new TestFixtureData(StandIn, true).SetArgDisplayNames("stand-in");
        if (Environment.GetEnvironmentVariable("HPCRUNTIME_MPINET") is { Length: > 0 } real)
        {
            var path = Path.GetFullPath(real, RepositoryFiles.Root); // The runner has moved to its own folder.
            yield return new TestFixtureData(Directory.Exists(path) ? Path.Combine(path, "MPI.dll") : path, false).SetArgDisplayNames("MPI.NET");
        }
    }

    [Test]
    public void MPI_NET_carries_the_messages_and_its_own_world_is_there_for_the_application()
    {
        var (code, output, error) = MpiJob.RunPeer(Mpi.Mpich, 3, ["program", "--set", "mpi.binding=mpinet", "mpinet"], ("HPCRUNTIME_MPINET", assembly));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That((code, lines.Length), Is.EqualTo((0, 4)), output + error);
        Assert.That(lines[0], Does.Match(@"^mpi: 2 slave ranks of 3, MPICH 4.* through MPI\.NET 1\.4\.\d+$"));
        var carried = counts ? "messages" : "uncounted";
        Assert.That(lines[1..], Is.EqualTo(new[] { $"0 of 3, caught, {carried} carried", $"1 of 3, caught, {carried} carried", $"2 of 3, caught, {carried} carried" }));
    }

    [Test]
    public void One_that_the_program_comes_with_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("mpinet-program-");
        try
        {
            // Without a list of what it depends on, a program has what is in its folder.
            string[] files = [.. Directory.GetFiles(Path.GetDirectoryName(MpiJob.Peer)!).Where(file => !file.EndsWith(".deps.json", StringComparison.Ordinal)), assembly];
            Array.ForEach(files, file => File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file))));
            using var ranks = MpiJob.StartProgram(Mpi.Mpich, 2, [Path.Combine(folder.FullName, Path.GetFileName(MpiJob.Peer)), "program", "--set", "mpi.binding=mpinet", "mpinet"]);
            var (code, output, error) = ranks.WaitForExit(TimeSpan.FromSeconds(60));
            Assert.That((code, output), Is.EqualTo((0, output)), error);
            Assert.That(output, Does.Contain(" through MPI.NET 1.4.").And.Contains("1 of 2, caught, "), error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void An_application_that_begins_and_ends_MPI_with_MPI_NET_uses_it_beside_the_fabric()
    {
        var (code, output, error) = MpiJob.RunPeer(Mpi.Mpich, 3, ["own-mpinet", assembly]);
        Assert.That((code, output), Is.EqualTo((0, "0 of 3; 1 of 3; 2 of 3\nfinalized: False\n")), error);
    }

    [Test]
    public void Decay_fit_writes_the_file_that_it_writes_on_uni()
    {
        var folder = Directory.CreateTempSubdirectory("mpinet-decay-fit-");
        try
        {
            string[] Fit(string file, params string[] fabric) => ["run", "decay-fit", "--seed", "3", .. fabric, "--", RepositoryFiles.PathOf("examples/DecayFit/data/misra1a.csv"), "--model", "saturation", "--simulations", "20000", "--output", Path.Combine(folder.FullName, file)];
            using var ranks = MpiJob.StartProgram(Mpi.Mpich, 3, [Path.Combine(AppContext.BaseDirectory, "hpcrun.dll"), .. Fit("mpinet.csv", Options)]);
            Assert.That(HpcrunProcess.Run(Fit("uni.csv", "--processor", "uni")).Code, Is.Zero);
            var (code, _, error) = ranks.WaitForExit(TimeSpan.FromSeconds(60));
            Assert.That(code, Is.Zero, error);
            Assert.That(File.ReadAllBytes(Path.Combine(folder.FullName, "mpinet.csv")), Is.EqualTo(File.ReadAllBytes(Path.Combine(folder.FullName, "uni.csv"))).And.Not.Empty);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Test]
    public void Arrays_that_travel_in_several_pieces_arrive_whole()
    {
        var (code, output, error) = Run(2, "arrays", "20000000", "10000000");
        Assert.That((code, output.Trim()), Is.EqualTo((0, "20000000 there, 10000000 back: right")), error);
    }

    [Test]
    public void The_exit_code_is_the_applications()
    {
        var (code, _, error) = Run(3, "code", "7");
        Assert.That(code, Is.EqualTo(7), error);
    }

    [Test]
    public void Our_launcher_takes_the_mpiexec_of_MPICH_where_nobody_says_which()
    {
        var (code, output, error) = HpcrunProcess.Run(["run", "hello", "--processor", "mpi", "-n", "2", .. Options, "--dry-run"]);
        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.Contain("-disable-auto-cleanup").And.Not.Contains("--enable-recovery"));
    }

    [Test]
    public void Every_result_is_applied_once_while_slaves_kill_themselves()
    {
        var (code, output, error) = Launched(4, "numbers", "100000", "2");
        Assert.That((code, output.Trim()), Is.EqualTo((0, "100000 applied once, 0 otherwise, 2 slaves lost, 2 left")), error);
        Assert.That(error, Does.Contain("is lost: killed by SIGKILL"));
    }

    [Test]
    public void A_command_that_ends_its_process_is_not_tried_on_the_last_slave()
    {
        var (code, _, error) = Launched(3, "exit");
        Assert.That(code, Is.EqualTo(4), error);
        Assert.That(error, Does.Contain("exited with code 5").And.Contains("not tried again on the last slave left"));
    }

    [Test]
    public void Under_a_plain_mpiexec_a_command_that_ends_its_process_ends_the_job_with_a_word()
    {
        var (code, _, error) = Run(3, "exit");
        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain("ended itself with exit code 5; this job, started by a plain mpiexec, cannot go on without it"));
    }

    private (int Code, string Output, string Error) Run(int ranks, params string[] arguments) => MpiJob.RunPeer(Mpi.Mpich, ranks, ["program", .. Options, "--", .. arguments]);

    private (int Code, string Output, string Error) Launched(int slaves, params string[] arguments)
    {
        using var job = MpiJob.StartLaunched(Mpi.Mpich, slaves, [.. Options, "--", .. arguments]);
        return job.WaitForExit(TimeSpan.FromSeconds(60));
    }
}
