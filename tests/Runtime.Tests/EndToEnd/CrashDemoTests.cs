using System.Linq;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>What a user sees when a command crashes its slave: how it died, which command, after what output, and the exit code.</summary>
[Platform("Linux")]
[Parallelizable(ParallelScope.None)]
internal sealed class CrashDemoTests
{
    [TestCase("exit", "exited with code 3")]
    [TestCase("kill", "killed by SIGKILL")]
    [TestCase("segv", "killed by SIGSEGV")]
    [TestCase("overflow", "killed by SIGABRT: Stack overflow\\.")]
    [TestCase("stop", "showed no life for 1 s")]
    [TestCase("half-line", "killed by SIGKILL")]
    public void A_command_that_ends_its_slave_twice_is_lost_with_both_attempts_and_the_exit_code_is_4(string kind, string how)
    {
        // All commands share it: only what it is to find out has so short a one.
        string[] heartbeat = kind == "stop" ? ["--set", "process.heartbeat=1s"] : [];
        var (code, output, error) = Run(kind, ["--max-attempts", "2", .. heartbeat]);

        Assert.That(code, Is.EqualTo(4), error);
        Assert.That(error, Does.Match($"error: Command [0-9]+ \\(crash {kind}\\): its slave was lost in every one of 2 attempts"));
        Assert.That(error, Does.Match($"attempt 1 on rank [12] \\(.+-pid[0-9]+-.+\\): {how}").And.Match($"attempt 2 on rank [12] \\(.+-pid[0-9]+-.+\\): {how}"));
        var lastOutput = error.Split("--- last output of attempt 2 on stdout ---\n")[1].Split("--- last output of attempt 2 on stderr ---\n");
        Assert.That(lastOutput[0], Does.StartWith($"{kind}: attempt 2 begins\n").And.Not.Contains("attempt 1"), "The last attempt's, and no other's.");
        Assert.That(lastOutput[1].Split($"{kind}: this command goes wrong on purpose"), Has.Length.EqualTo(2));
        Assert.That(output.Split('\n').Count(line => line == $"{kind}: attempt 1 begins"), Is.EqualTo(1), output);
        Assert.That(output.Split('\n').Count(line => line == $"{kind}: attempt 2 begins"), Is.EqualTo(1), output);
        Assert.That(output, Does.Match($"command [0-9]+ \\(crash {kind}\\): lost, attempts: 2"));
    }

    [TestCase("loop", "took longer than its timeout of 2 s, attempt 1: it ignored its cancellation, so its slave was ended by (SIGTERM|SIGKILL, for it ignored SIGTERM)\\.\n--- last output of the command on stdout ---\nloop: attempt 1 begins\n", "timed out")]
    [TestCase("loop", "took longer than its timeout of 2\\.5 s", "timed out", "--timeout", "2500ms", "--set", "process.grace=300ms")]
    [TestCase("oom", "HpcRuntime\\.Fabrics\\.ResourceLimitException: had [0-9.]+ MiB of memory, 300 MiB are allowed \\(process\\.max-memory\\)", "failed", "--set", "process.max-memory=300MiB")]
    [TestCase("flood", "printed more than its limit of 65536 bytes", "failed", "--max-output", "64KiB")]
    [TestCase("oom", "System.OutOfMemoryException", "failed")]
    public void A_command_that_goes_wrong_without_a_death_fails_once_and_the_exit_code_is_1(string kind, string how, string status, params string[] options)
    {
        var (code, output, error) = Run(kind, options);

        Assert.That(code, Is.EqualTo(1), error);
        Assert.That(error, Does.Match($"error: Command [0-9]+ \\(crash {kind}\\) .*{how}"));
        Assert.That(output, Does.Contain($"{kind}: attempt 1 begins\n").And.Not.Contains("attempt 2 begins"));
        Assert.That(error, Does.Contain($"{kind}: this command goes wrong on purpose"));
        Assert.That(output, Does.Match($"command [0-9]+ \\(crash {kind}\\): {status}, attempts: 1"));
    }

    [Test]
    public void Half_a_line_of_a_killed_slave_stands_alone()
    {
        var (_, output, error) = Run("half-line", "--max-attempts", "2", "--prefix", "none");

        Assert.That(output.Split('\n').Count(line => line == "this line is cut off in the mid"), Is.EqualTo(2), output);
        Assert.That(error, Does.Contain("half-line: attempt 2 begins\nthis line is cut off in the mid\n---"), "The report has it too.");
    }

    [Test]
    public void The_others_end_well_when_the_policy_is_to_continue()
    {
        var (code, output, _) = Run("kill", "--error-policy", "continue");

        Assert.That(code, Is.EqualTo(4));
        Assert.That(output, Does.Contain("squares that came home: 1 4 9 16 25 36\n"));
        Assert.That(output, Does.Match("\\(crash kill\\): lost, attempts: 3"));
        Assert.That(output.Split('\n').Count(line => line.Contains("(square", System.StringComparison.Ordinal) && line.Contains("): done, attempts: ", System.StringComparison.Ordinal)), Is.EqualTo(6));
    }

    [TestCase("uni")]
    [TestCase("thread")]
    public void What_would_end_the_master_is_refused(string fabric)
    {
        var (code, output, error) = HpcrunProcess.Run("run", "crash-demo", "--processor", fabric, "--", "--kind", "kill");

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.Contain("--processor process"));
    }

    [Test]
    public void An_unknown_kind_is_refused_and_the_known_ones_are_named()
    {
        var (code, _, error) = HpcrunProcess.Run("run", "crash-demo", "--processor", "uni", "--", "--kind", "nosuch");

        Assert.That(code, Is.EqualTo(2));
        Assert.That(error, Does.Contain("nosuch").And.Contains("exit, kill, segv, overflow, stop, loop, oom, flood, half-line"));
    }

    private static (int Code, string Output, string Error) Run(string kind, params string[] options) =>
        HpcrunProcess.Run(["run", "crash-demo", "--processor", "process", "-n", "2", .. options, "--", "--kind", kind]);
}
