using System;
using System.Linq;
using System.Text.RegularExpressions;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;
using HpcRuntime.Tests.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>The fabric in worlds of its own, where the conformance suite does not reach. Started by a plain mpiexec.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed partial class MpiFabricTests
{
    [Test]
    public void Outside_mpiexec_the_command_to_type_is_told()
    {
        var refusal = Assert.Throws<FabricUnavailableException>(() => Processor.Load("mpi"))!;
        Assert.That(refusal.Message, Does.Contain("was not started by mpiexec or srun").And.Contains("mpiexec -n 4 "));
    }

    [Test]
    public void What_ranks_print_before_and_after_the_fabric_is_not_lost([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["around"]);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.That(lines.Order(), Is.EqualTo(new[] { "after", "after", "after", "before", "before", "before", "inside", "inside" }), error);
        Assert.That(code, Is.Zero, error);
    }

    [Test]
    public void What_handlers_print_when_a_launched_rank_ends_is_not_lost([Values] Mpi mpi)
    {
        using var job = MpiJob.StartLaunched(mpi, 2, ["handlers"]);
        var (code, output, error) = job.WaitForExit(TimeSpan.FromSeconds(60));
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(), Is.EqualTo(new[] { "rank 0 ends", "rank 1 ends", "rank 2 ends" }), error);
        Assert.That(code, Is.EqualTo(6), error);
    }

    [Test]
    public void Lines_of_commands_are_whole_attributed_and_in_order_whoever_writes_them([Values] Mpi mpi)
    {
        const int Commands = 300;
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["program", "writers", $"{Commands}"]);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.That((code, lines[^1]), Is.EqualTo((0, $"{Commands} of {Commands} whole")), error);
        Assert.That(lines.Length, Is.EqualTo((10 * Commands) + 1), "Shown once.");
    }

    [Test]
    public void An_application_that_begins_and_ends_MPI_itself_uses_it_beside_the_fabric([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["own-mpi"]);
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), Is.EqualTo(new[] { "2 slaves, 41, 10 20", "finalized: False" }), error);
        Assert.That(code, Is.Zero, error);
    }

    /// <summary>With "^cma" alone MPICH 4.0 over UCX 1.13 did not come back from MPI_Finalize.</summary>
    [Test]
    public void With_the_transports_of_our_launcher_an_application_that_sends_arrays_can_end_MPI_itself([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 5, ["own-mpi-arrays"], ("UCX_TLS", MpiexecDialect.Transports(isOnOneHost: true)));
        Assert.That((code, output.Trim()), Is.EqualTo((0, "200")), error);
    }

    [Test]
    public void A_thread_level_that_is_too_low_is_refused_by_name([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["own-mpi-level", "Funneled", "serialized"]);
        Assert.That(error, Does.Contain("MPI was begun with the thread level Funneled").And.Contains("needs Serialized or Multiple"), output);
        Assert.That(code, Is.EqualTo(3), error);
    }

    [Test]
    public void A_thread_level_below_the_one_that_is_asked_for_is_refused_by_name([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["own-mpi-level", "Serialized", "multiple"]);
        Assert.That(error, Does.Contain("MPI was begun with the thread level Serialized, and mpi.threads asks for Multiple"), output);
        Assert.That(code, Is.EqualTo(3), error);
    }

    [Test]
    public void A_communicator_of_the_application_bounds_the_ranks_that_are_used([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 4, ["own-mpi-part"]);
        Assert.That(output.Trim(), Is.EqualTo("2 slaves of 4 ranks, 42 from the other"), error);
        Assert.That(code, Is.Zero, error);
    }

    [Test]
    public void With_multiple_threads_the_application_calls_MPI_whenever_it_likes([Values] Mpi mpi)
    {
        const int Commands = 5000;
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["own-mpi-multiple", $"{Commands}"]);
        var sum = Commands * (Commands - 1L) / 2;
        Assert.That(output.Trim(), Is.EqualTo($"{sum} returned, {sum} sent beside"), error);
        Assert.That(code, Is.Zero, error);
    }

    [Test]
    public void The_exit_code_is_the_applications([Values] Mpi mpi, [Values(0, 7)] int expected)
    {
        var (code, _, error) = MpiJob.RunPeer(mpi, 3, ["program", "code", $"{expected}"]);
        Assert.That(code, Is.EqualTo(expected), error);
    }

    [Test]
    public void An_exception_of_the_application_ends_the_job_with_1([Values] Mpi mpi)
    {
        var (code, _, error) = MpiJob.RunPeer(mpi, 3, ["program", "throw"]);
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error.Split('\n').Count(line => line.Contains("the application failed", StringComparison.Ordinal)), Is.EqualTo(1), error);
    }

    [Test]
    public void Help_and_wrong_options_are_told_once_and_not_by_every_rank([Values] Mpi mpi)
    {
        var help = MpiJob.RunPeer(mpi, 3, ["program", "--help"]);
        Assert.That((help.Code, Count(help.Output, "Usage: ")), Is.EqualTo((0, 1)), help.Error);
        var wrong = MpiJob.RunPeer(mpi, 3, ["program", "--timeout", "soon"]);
        Assert.That((wrong.Code, Count(wrong.Error, "--timeout soon")), Is.EqualTo((2, 1)), wrong.Error);
    }

    [TestCase(300_000_000, 10)]
    [TestCase(0, 300_000_000)]
    public void Arrays_of_more_than_two_gibibytes_travel_whole(int there, int back)
    {
        foreach (var mpi in MpiJob.Both)
        {
            using var job = MpiJob.StartPeer(mpi, 2, ["program", "arrays", $"{there}", $"{back}"]);
            var (code, output, error) = job.WaitForExit(TimeSpan.FromSeconds(120));
            Assert.That((code, output.Trim()), Is.EqualTo((0, $"{there} there, {back} back: right")), error);
        }
    }

    /// <summary>One of them once took what came for the other, whose seats have the same numbers.</summary>
    [Test]
    public void What_comes_for_one_of_two_processors_at_once_is_not_taken_by_the_other([Values] Mpi mpi)
    {
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["pairs", "100"]);
        Assert.That((code, output.Trim()), Is.EqualTo((0, "100 rounds")), error);
    }

    [Test]
    public void Two_hundred_processors_follow_one_another_and_leave_nothing_behind([Values] Mpi mpi)
    {
        var before = Leftovers();
        var (code, output, error) = MpiJob.RunPeer(mpi, 3, ["reopen", "200"]);
        Assert.That((code, output.Trim()), Is.EqualTo((0, "200 opened and closed")), error);
        Leftover.WaitFor(() => !Leftovers().Except(before).Any()); // A rank may still be on its way out.
    }

    /// <summary>scripts/test-mpi.sh starts does it 200 times.</summary>
    [Test]
    public void Many_starts_leave_nothing_behind([Values] Mpi mpi)
    {
        var before = Leftovers();
        for (var i = 0; i < 10; i++)
        {
            var (code, _, error) = MpiJob.RunPeer(mpi, 3, ["program", "code", "0"]);
            Assert.That(code, Is.Zero, error);
        }

        Leftover.WaitFor(() => !Leftovers().Except(before).Any()); // A rank may still be on its way out.
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    /// <summary>Files of runs, and processes of ranks, as scripts/test-mpi.sh starts looks for them.</summary>
    private static string[] Leftovers() =>
    [
        .. new[] { "/dev/shm", System.IO.Path.GetTempPath() }.SelectMany(System.IO.Directory.EnumerateFileSystemEntries).Where(entry => OfRun().IsMatch(entry)),
        .. System.IO.Directory.EnumerateDirectories("/proc").Where(process => CommandLine(process).Contains(System.IO.Path.GetFileName(MpiJob.Peer), StringComparison.Ordinal)),
    ];

    [GeneratedRegex("hpcruntime|/hpcrun-[0-9a-f]{12}$")]
    private static partial Regex OfRun();

    private static string CommandLine(string process)
    {
        try
        {
            return System.IO.File.ReadAllText(process + "/cmdline");
        }
        catch (System.IO.IOException)
        {
            return string.Empty; // No process, or one that has ended since.
        }
    }
}
