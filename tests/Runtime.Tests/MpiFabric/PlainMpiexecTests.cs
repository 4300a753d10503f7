using System;
using System.IO;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>Programs that an mpiexec of the user's own started, which say nothing of a fabric. HostsLabTests does the same on several hosts.</summary>
[NonParallelizable]
[Platform("Linux")]
public sealed class PlainMpiexecTests
{
    private static readonly string Hpcrun = Path.Combine(AppContext.BaseDirectory, "hpcrun.dll");
    private static readonly string Misra = RepositoryFiles.PathOf("examples/DecayFit/data/misra1a.csv");

    /// <summary>Has UCX use the network that the hosts have.</summary>
    private static readonly (string Name, string? Value)[] LabVariables = [("UCX_TLS", "tcp,self"), ("UCX_NET_DEVICES", "eth0")];

    [Test]
    public void Hpcrun_takes_its_rank_and_the_file_is_the_same_byte_for_byte([Values] Mpi mpi) => Compare(mpi, null);

    [Test]
    public void A_program_of_the_users_own_takes_its_rank([Values] Mpi mpi) => CompareOwn(mpi, null);

    /// <summary>As on a host to which the application was not copied: rank 0 has it, and would wait for the other for ever.</summary>
    [Test]
    public void A_rank_that_does_not_find_the_application_says_so_and_ends_the_job([Values] Mpi mpi)
    {
        const string Missing = "/no/such/App.dll";
        using var job = MpiJob.StartProgram(mpi, 1, [Hpcrun, "run", EndToEnd.TestApplications.Named("ReturningApplication"), "--", "42", ":", "-n", "1", "dotnet", Hpcrun, "run", Missing]);
        var (code, _, error) = job.WaitForExit(TimeSpan.FromSeconds(60));

        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error, Does.Match($"error: rank 1 on host .*: cannot run {Missing}: there is no such file"));
    }

    [Test]
    public void What_every_rank_finds_wrong_rank_0_alone_says([Values] Mpi mpi)
    {
        using var job = MpiJob.StartProgram(mpi, 3, [Hpcrun, "run", "/no/such/App.dll"]);
        var (code, _, error) = job.WaitForExit(TimeSpan.FromSeconds(60));

        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error.Split("there is no such file"), Has.Length.EqualTo(2), error);
    }

    /// <summary>A fit by hpcrun, compared with uni's.</summary>
    internal static void Compare(Mpi mpi, string[]? lab)
    {
        var folder = Directory.CreateTempSubdirectory("mpi-plain-");
        try
        {
            string[] Words(string file, params string[] fabric) => ["run", "decay-fit", .. fabric, "--seed", "3", "--", Misra, "--model", "saturation", "--simulations", "20000", "--output", Path.Combine(folder.FullName, file)];
            Assert.That(EndToEnd.HpcrunProcess.Run(Words("uni.csv", "--processor", "uni")).Code, Is.Zero);
            Run(mpi, [Hpcrun, .. Words("mpi.csv")], lab);
            Assert.That(File.ReadAllBytes(Path.Combine(folder.FullName, "mpi.csv")), Is.EqualTo(File.ReadAllBytes(Path.Combine(folder.FullName, "uni.csv"))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A program of the user's own, compared with itself on uni.</summary>
    internal static void CompareOwn(Mpi mpi, string[]? lab)
    {
        var program = RepositoryFiles.PathOf($"examples/ReadmeExample/bin/{Programs.Configuration}/net10.0/ReadmeExample.dll");
        Assert.That(Run(mpi, [program], lab), Is.EqualTo(Programs.RunExample("ReadmeExample", ["--processor", "uni"]).Output));
    }

    /// <summary>The exit code is the application's.</summary>
    internal static void KeepsCode(Mpi mpi, string[]? lab)
    {
        using var job = MpiJob.StartProgram(mpi, 3, [Hpcrun, "run", EndToEnd.TestApplications.Named("ReturningApplication"), "--", "42"], lab, lab is null ? [] : LabVariables);
        var (code, _, error) = job.WaitForExit(TimeSpan.FromSeconds(60));
        Assert.That(code, Is.EqualTo(42), error);
    }

    private static string Run(Mpi mpi, string[] words, string[]? lab)
    {
        using var job = MpiJob.StartProgram(mpi, 3, words, lab, lab is null ? [] : LabVariables);
        var (code, output, error) = job.WaitForExit(TimeSpan.FromSeconds(60));
        Assert.That(code, Is.Zero, error);
        Assert.That(error, Does.Contain("Started by a plain mpiexec"), "Each rank took its place in one world.");
        return output.ReplaceLineEndings("\n");
    }
}
