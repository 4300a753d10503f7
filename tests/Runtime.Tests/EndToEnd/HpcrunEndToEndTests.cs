using System;
using System.Linq;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The built tool from its command line to its exit code.</summary>
[Parallelizable(ParallelScope.None)]
internal sealed class HpcrunEndToEndTests
{
    [TestCase("--processor", "uni", "-n", "1")]
    [TestCase("--processor", "thread", "-n", "2")]
    public void Hello_has_a_line_for_each_rank_and_one_of_the_fabric(string option, string fabric, string n, string slaves)
    {
        var (code, output, error) = HpcrunProcess.Run(option, fabric, n, slaves);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(lines[0], Does.Contain(fabric));
        Assert.That(lines.Skip(1).Select(line => line.Split(':')[0]), Is.EqualTo(Enumerable.Range(0, slaves[0] - '0' + 1).Select(rank => $"rank {rank}")));
        Assert.That(lines.Skip(1), Is.All.Contains($"host {Environment.MachineName}, pid ").And.All.Contains(", thread "));
    }

    [Test]
    public void An_unknown_fabric_ends_with_2_and_names_the_known_ones()
    {
        var (code, output, error) = HpcrunProcess.Run("run", "hello", "--processor", "nosuch");

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.Contain("Unknown fabric 'nosuch'").And.Contain("known: uni, thread"));
    }

    [Test]
    public void A_fabric_that_cannot_run_here_ends_with_3_and_says_why()
    {
        var (code, _, error) = HpcrunProcess.Run("run", "hello", "--processor", TestApplications.Assembly);

        Assert.That(code, Is.EqualTo(3));
        Assert.That(error, Is.EqualTo("error: Fabric 'sample' cannot run here: it is only a sample; take another fabric.\n"));
    }

    [TestCase("uni")]
    [TestCase("thread")]
    public void A_command_that_throws_ends_with_1_and_shows_its_stack_and_its_output(string fabric)
    {
        var (code, _, error) = HpcrunProcess.Run("run", TestApplications.Named("ThrowingApplication"), "--processor", fabric);

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("System.InvalidOperationException: the sample is spoiled").And.Contain("ThrowingCommand.Run").And.Contain("--- its last output on stderr ---\nweighing the spoiled sample"));
    }

    [Test]
    public void Under_policy_continue_every_failure_is_told_or_counted()
    {
        var (code, _, error) = HpcrunProcess.Run("run", TestApplications.Named("ManyThrowingApplication"), "--processor", "thread", "--error-policy", "continue");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("error: 15 failures").And.Contain("and 5 more: 5 x System.InvalidOperationException"));
    }

    [Test]
    public void An_application_that_throws_ends_with_1_and_is_reported_once()
    {
        var (code, _, error) = HpcrunProcess.Run("run", TestApplications.Named("BrokenApplication"), "--processor", "thread");

        Assert.That(code, Is.EqualTo(1));
        Assert.That(error.Split("System.ArithmeticException: the master miscounted"), Has.Length.EqualTo(2));
        Assert.That(error, Does.Contain("BrokenApplication.Run"));
    }

    [Test]
    public void Bad_arguments_of_an_application_are_one_line_and_end_with_2()
    {
        var (code, _, error) = HpcrunProcess.Run("run", TestApplications.Named("MisusedApplication"), "--processor", "thread");

        Assert.That((code, error), Is.EqualTo((2, "error: misused: give a file\n")));
    }

    [TestCase("ExitingApplication", "", 7)]
    [TestCase("ReturningApplication", "42", 42)]
    [TestCase("ReturningApplication", "0", 0)]
    public void The_exit_code_is_the_applications(string application, string argument, int expected)
    {
        var (code, _, error) = HpcrunProcess.Run("run", TestApplications.Named(application), "--processor", "thread", "--", argument);

        Assert.That((code, error), Is.EqualTo((expected, string.Empty)));
    }

    [Test]
    public void A_host_file_on_the_command_line_wins_over_a_fabric_in_the_environment()
    {
        var (code, output, error) = HpcrunProcess.Run([("HPCRUNTIME_PROCESSOR", "thread")], "run", "hello", "--hostfile", RepositoryFiles.PathOf("mpi-hostfiles/local.hosts"), "--dry-run");

        Assert.That(code, Is.Zero, error);
        Assert.That(output, Does.Match(@"processor +mpi  \(from --hostfile\)").And.Contain("mpiexec"));
    }

    [Platform("Linux")]
    [Test]
    public void A_timeline_that_cannot_be_written_is_told_and_ends_no_run_as_failed()
    {
        var (code, output, error) = HpcrunProcess.Run("run", "hello", "--processor", "thread", "--trace", "/dev/full");

        Assert.That(code, Is.Zero, error);
        Assert.That(output, Is.Not.Empty);
        Assert.That(error.Split("The timeline of --trace can no longer be written"), Has.Length.EqualTo(2), error);
    }

    [TestCase("process", "process.heartbeat=abc")]
    [TestCase("process", "process.max-memory=2XB")]
    [TestCase("thread", "wire.check-lent=maybe")]
    [TestCase("thread", "thread.isolation=NONE")]
    [TestCase("mpi", "mpi.heartbeat=abc")]
    public void A_value_that_makes_no_sense_is_told_in_one_line(string fabric, string setting)
    {
        var (code, output, error) = HpcrunProcess.Run("run", "hello", "--processor", fabric, "-n", "2", "--set", setting);

        Assert.That((code, output), Is.EqualTo((2, string.Empty)), error);
        Assert.That(error, Does.Match($"^error: [^\n]*{setting.Split('=')[1]}[^\n]*\n$"));
    }

    [Platform("Linux")]
    [TestCase("ReturningApplication", "debug", 42)]
    [TestCase("MisusedApplication", "normal", 2)]
    [TestCase("BrokenApplication", "normal", 1)]
    [TestCase("NoSuchApplication", "normal", 2)]
    public void The_exit_code_is_the_same_where_standard_error_cannot_be_written(string application, string verbosity, int expected)
    {
        using var hpcrun = HpcrunProcess.StartBehind(["/bin/sh", "-c", "exec \"$@\" 2>/dev/full", "sh"], [], "run", TestApplications.Named(application), "--processor", "thread", "--verbosity", verbosity, "--", "42");

        Assert.That(hpcrun.WaitForExit().Code, Is.EqualTo(expected));
    }

    [TestCase("uni")]
    [TestCase("thread")]
    public void Output_of_commands_and_nothing_else_goes_to_standard_output(string fabric)
    {
        var (code, output, error) = HpcrunProcess.Run("run", TestApplications.Named("PrintingApplication"), "one", "--processor", fabric, "--verbosity", "debug", "--prefix", "none", "--", "--two");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.That(code, Is.Zero);
        Assert.That(lines[0], Is.EqualTo("arguments: one|--two"));
        Assert.That(lines.Skip(1), Is.EquivalentTo(new[] { "3! is 6", "4! is 24", "5! is 120" }));
        Assert.That(error, Does.Contain("Running ").And.Contain($"rank 0 {Environment.MachineName}:"));
    }

    [Test]
    public void Statistics_are_a_table_on_standard_error()
    {
        var (code, output, error) = HpcrunProcess.Run("run", TestApplications.Named("PrintingApplication"), "--processor", "thread", "-n", "2", "--stats");

        Assert.That(code, Is.Zero);
        Assert.That(error, Does.Contain("queue wait").And.Contain("3 of 3 commands done, 0 failed"));
        Assert.That(output, Does.Not.Contain("queue wait"));
    }

    [Test]
    public void Progress_on_standard_error_that_is_no_terminal_is_silent_unless_asked_for()
    {
        var (_, _, error) = HpcrunProcess.Run("run", TestApplications.Named("PrintingApplication"), "--processor", "thread");

        Assert.That(error, Is.Empty);
    }

    [Test]
    public void Everything_can_be_set_by_the_environment()
    {
        var (code, output, _) = HpcrunProcess.Run([("HPCRUNTIME_PROCESSOR", "uni"), ("HPCRUNTIME_SEED", "5")], "run", "hello", "--dry-run");

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("processor      uni  (from HPCRUNTIME_PROCESSOR)").And.Contain("seed           5  (HPCRUNTIME_SEED)"));
    }

    [Test]
    public void Under_an_mpi_launcher_of_another_library_it_ends_with_3_and_says_which_to_use()
    {
        var (code, output, error) = HpcrunProcess.Run([("PMI_SIZE", "3"), ("PMI_RANK", "0"), ("HPCRUNTIME_MPI", "openmpi")], "run", "hello");

        Assert.That((code, output), Is.EqualTo((3, string.Empty)));
        Assert.That(error, Does.Contain("started by mpiexec of MPICH with 3 ranks, but the library that was loaded, Open MPI").And.Contain("use HPCRUNTIME_MPI=mpich"));
    }

    [Test]
    public void Auto_says_which_fabric_it_took_and_why()
    {
        var (code, _, error) = HpcrunProcess.Run("run", "hello", "--processor", "auto");

        Assert.That(code, Is.Zero);
        Assert.That(error, Does.Contain("on fabric process (the first usable: mpi: this process was not started by mpiexec or srun."));
    }

    [TestCase("list", "hello", "decay-fit")]
    [TestCase("info", "uni", "thread")]
    public void List_and_info_tell_what_there_is(string verb, params string[] expected)
    {
        var (code, output, error) = HpcrunProcess.Run(verb);

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(expected.Where(word => !output.Contains(word, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void A_bad_option_is_one_line_and_ends_with_2()
    {
        var (code, output, error) = HpcrunProcess.Run("run", "hello", "--timeout", "soon");

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Is.EqualTo("error: --timeout soon: not allowed; give a time such as 30, 30s, 5m, 1h or 250ms, or none.\n"));
    }
}
