using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Tests.ProcessFabric;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>Ranks that are lost: under our own launcher the others go on, under a plain mpiexec the job ends soon and says why.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class MpiLossTests
{
    private static readonly Dictionary<Mpi, (int Code, string Output, string Error)> AllDeaths = [];

    [Test]
    public void Every_result_is_applied_once_while_slaves_kill_themselves([Values] Mpi mpi)
    {
        var (code, output, error) = Launched(mpi, 4, "numbers", "100000", "2");
        Assert.That((code, output.Trim()), Is.EqualTo((0, "100000 applied once, 0 otherwise, 2 slaves lost, 2 left")), error);
        Assert.That(error, Does.Contain("is lost: killed by SIGKILL"));
    }

    [Test]
    public void Who_asks_to_be_strict_is_told_of_a_loss_by_the_exit_code([Values] Mpi mpi)
    {
        var (code, output, error) = Launched(mpi, 3, "--strict", "--", "numbers", "100000", "1");
        Assert.That((code, output.Trim()), Is.EqualTo((4, "100000 applied once, 0 otherwise, 1 slaves lost, 2 left")), error);
    }

    [Test]
    public void A_command_that_heeds_nothing_ends_its_rank_and_the_others_go_on([Values] Mpi mpi)
    {
        var (code, output, error) = Launched(mpi, 3, "--error-policy", "continue", "--", "stuck");
        Assert.That((code, output), Is.EqualTo((0, "CommandTimeoutException, TimedOut, 20 others\n7 on 2 slaves\n")), error);
    }

    [Test]
    public void A_command_that_ends_its_process_is_not_tried_on_the_last_slave([Values] Mpi mpi)
    {
        var (code, _, error) = Launched(mpi, 3, "exit");
        Assert.That(code, Is.EqualTo(4), error);
        Assert.That(error, Does.Contain("attempt 2 on rank").And.Contains("exited with code 5").And.Contains("not tried again on the last slave left"));
    }

    [TestCase(Death.Exit, "exited with code 3")]
    [TestCase(Death.Kill, "killed by SIGKILL")]
    [TestCase(Death.Abort, "killed by SIGABRT")]
    [TestCase(Death.FailFast, "killed by SIGABRT: Process terminated. the state is corrupt")]
    [TestCase(Death.Overflow, "killed by SIGABRT: Stack overflow.")]
    [TestCase(Death.AccessViolation, "killed by SIGABRT: Fatal error.")]
    [TestCase(Death.ThreadThrows, "killed by SIGABRT: Unhandled exception. System.InvalidOperationException: nobody catches this")]
    [TestCase(Death.Stop, "showed no life for 6 s")]
    public void A_command_that_ends_its_slave_is_lost_and_says_how(Death death, string how)
    {
        foreach (var mpi in MpiJob.Both)
        {
            var (code, output, error) = Deaths(mpi);
            Assert.That(output.Split('\n').Single(line => line.StartsWith($"{death}: ", StringComparison.Ordinal)), Does.StartWith($"{death}: {how}").And.Contain("[half a li] [half an err"), $"{mpi}: {error}");
            Assert.That((code, output.Split('\n')[^2]), Is.EqualTo((0, "50 of 50 others, 8 lost, then 7")), $"{mpi}: {error}");
        }
    }

    [Test]
    public void A_command_whose_slave_is_killed_from_outside_is_tried_once_on_the_last_one([Values] Mpi mpi)
    {
        using var job = MpiJob.StartLaunched(mpi, 2, ["killed"]);
        Assert.That(Kill(ProcessesIn(job).Single()), Is.True);
        var (code, output, error) = job.WaitForExit(TimeSpan.FromSeconds(90));
        Assert.That((code, output.Split('\n')[1]), Is.EqualTo((0, "attempt 2 on 1 slaves")), error);
        Assert.That(error, Does.Contain("is lost: killed by SIGKILL"));
    }

    [Test]
    public void A_lost_master_ends_all_slaves_within_10_s([Values] Mpi mpi, [Values] bool launched)
    {
        using var job = Waiting(mpi, launched, out var processes);
        Assert.That(Kill(processes[0]), Is.True);
        AssertGone(processes, TimeSpan.FromSeconds(10));
        Assert.That(job.WaitForExit(TimeSpan.FromSeconds(30)).Code, Is.Not.Zero);
    }

    [Test]
    public void Under_a_plain_mpiexec_a_lost_slave_ends_the_job_within_5_s([Values] Mpi mpi)
    {
        using var job = Waiting(mpi, launched: false, out var processes);
        var clock = Stopwatch.StartNew();
        Assert.That(Kill(processes[1]), Is.True);
        Assert.That(job.WaitForExit(TimeSpan.FromSeconds(20)).Code, Is.Not.Zero);
        Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(5));
        AssertGone(processes, TimeSpan.FromSeconds(10));
        Assert.That(Regex.Count(job.Error, "Started by a plain mpiexec: the loss of one slave ends this job"), Is.EqualTo(1), job.Error);
        if (mpi == Mpi.OpenMpi)
        {
            // It leaves the others some time, where MPICH's kills at once.
            Assert.That(job.Error, Does.Match("error: rank [12] on .* is lost: its process is gone; this job, started by a plain mpiexec, cannot go on without it"));
        }
    }

    [Test]
    public void Under_a_plain_mpiexec_a_command_that_ends_its_process_ends_the_job_with_a_word([Values] Mpi mpi)
    {
        var (code, _, error) = MpiJob.RunPeer(mpi, 3, ["program", "exit"]);
        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain("ended itself with exit code 5; this job, started by a plain mpiexec, cannot go on without it"));
    }

    [TestCase(Mpi.Mpich, Death.ThreadThrows, "ends with an unhandled exception: System.InvalidOperationException: nobody catches this")]
    [TestCase(Mpi.OpenMpi, Death.ThreadThrows, "ends with an unhandled exception: System.InvalidOperationException: nobody catches this")]
    [TestCase(Mpi.Mpich, Death.Stop, "showed no life for 2 s")]
    [TestCase(Mpi.OpenMpi, Death.Stop, "showed no life for 2 s")]
    public void Under_a_plain_mpiexec_a_command_that_ends_its_slave_ends_the_job_and_says_how(Mpi mpi, Death death, string how)
    {
        using var job = MpiJob.StartPeer(mpi, 3, ["program", "--set", death == Death.Stop ? "mpi.heartbeat=2s" : "mpi.heartbeat=10s", "--", "dies", $"{death}"]);
        var (code, _, error) = job.WaitForExit(TimeSpan.FromSeconds(90));
        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Contain(how));
    }

    [Test]
    public void Under_a_plain_mpiexec_a_command_that_heeds_nothing_ends_the_job([Values] Mpi mpi)
    {
        using var job = MpiJob.StartPeer(mpi, 3, ["program", "--error-policy", "continue", "stuck"]);
        var (code, _, error) = job.WaitForExit(TimeSpan.FromSeconds(90));
        Assert.That(code, Is.Not.Zero);
        Assert.That(error, Does.Match("error: rank [12] .* (was ended with the command that did not stop|is still in its command at the end of the program, and is ended); this job, started by a plain mpiexec, cannot go on without it"));
    }

    [Test]
    public void Idle_ranks_leave_their_cores_to_others([Values] Mpi mpi)
    {
        using var job = Waiting(mpi, launched: false, out var processes);
        using var never = new ManualResetEventSlim();
        var used = UsedIn3Seconds();
        for (var more = 2; more > 0 && used.Max() >= 30; more--)
        {
            used = UsedIn3Seconds(); // What comes with the start may have fallen into the time before. One that spins goes on.
        }

        Assert.That(used.Max(), Is.LessThan(30), $"Hundredths of a second of processor time in 3 s: {string.Join(", ", used)}. One that spins has 300.");

        long[] UsedIn3Seconds()
        {
            var before = processes.Select(ProcessorTime.Of).ToArray();
            never.Wait(TimeSpan.FromSeconds(3));
            return [.. processes.Select((process, i) => ProcessorTime.Of(process) - before[i])];
        }
    }

    /// <summary>All deaths of one job, which is run once for each library.</summary>
    private static (int Code, string Output, string Error) Deaths(Mpi mpi)
    {
        if (!AllDeaths.TryGetValue(mpi, out var job))
        {
            AllDeaths[mpi] = job = Launched(mpi, 10, "--error-policy", "continue", "--set", "mpi.heartbeat=6s", "--", "deaths");
        }

        return job;
    }

    /// <summary>A job whose ranks are all there and wait; their processes, the master's first.</summary>
    private static MpiJob Waiting(Mpi mpi, bool launched, out int[] processes)
    {
        var job = launched ? MpiJob.StartLaunched(mpi, 2, ["wait"]) : MpiJob.StartPeer(mpi, 3, ["program", "wait"]);
        processes = ProcessesIn(job);
        return job;
    }

    /// <summary>Waits for the first line of a job, which says its processes.</summary>
    private static int[] ProcessesIn(MpiJob job)
    {
        var clock = Stopwatch.StartNew();
        SpinWait.SpinUntil(() => job.Output.Contains('\n', StringComparison.Ordinal), TimeSpan.FromSeconds(90));
        var line = job.Output.Split('\n')[0].Trim();
        Assert.That(line, Does.StartWith("processes "), $"after {clock.Elapsed.TotalSeconds:f1} s: {job.Error}");
        return [.. line.Split(' ').Skip(1).Select(int.Parse)];
    }

    private static (int Code, string Output, string Error) Launched(Mpi mpi, int slaves, params string[] arguments)
    {
        using var job = MpiJob.StartLaunched(mpi, slaves, arguments);
        return job.WaitForExit(TimeSpan.FromSeconds(180));
    }

    private static bool Kill(int process)
    {
        using var found = ChildProcess.TryWatch(process);
        return found?.Signal(Signals.Kill) == true;
    }

    private static void AssertGone(int[] processes, TimeSpan patience) =>
        Assert.That(SpinWait.SpinUntil(() => processes.All(process => !System.IO.Directory.Exists($"/proc/{process}") || IsZombie(process)), patience), Is.True, "A rank is still there.");

    private static bool IsZombie(int process)
    {
        try
        {
            return System.IO.File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (System.IO.IOException)
        {
            return true; // Gone between the two looks.
        }
    }
}
