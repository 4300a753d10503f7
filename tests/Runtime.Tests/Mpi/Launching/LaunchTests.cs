using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi.Launching;

/// <summary>Runs under the real mpiexec of both libraries, on this machine. The ranks are lines of shell: what is tested is what lies around them.</summary>
[TestFixture(MpiFamily.Mpich)]
[TestFixture(MpiFamily.OpenMpi)]
[NonParallelizable]
[Platform("Linux")]
internal sealed class LaunchTests(MpiFamily family) : IDisposable
{
    /// <summary>Before what ranks do: none ends before rank 0 has said that all have begun, which would be a failed start.</summary>
    private const string Begin = "[ $rank != 0 ] || touch $HPCRUNTIME_MPI_RUN/begun; while [ ! -e $HPCRUNTIME_MPI_RUN/begun ]; do sleep 0.02; done; ";

    /// <summary>After what ranks do: rank 0, whose end is the run's, waits for what the others leave.</summary>
    private const string AwaitFiles = "; [ $rank != 0 ] || while [ ! -e $OUT/rank.1 -o ! -e $OUT/rank.2 ]; do sleep 0.02; done";

    private LaunchRig _rig = null!;

    [SetUp]
    public void Open() => _rig = new LaunchRig(family);

    [TearDown]
    public void Dispose() => _rig.Dispose();

    [Test]
    public void Every_rank_starts_where_the_program_was_started_with_its_arguments_and_environment_and_nothing_to_read()
    {
        Environment.SetEnvironmentVariable("HPCRUNTIME_TEST_WORD", "a; \"b\" 'c' $d\ne");
        try
        {
            var outcome = _rig.Run(Begin + "echo \"$PWD|$1|$HPCRUNTIME_TEST_WORD|$TERM|$(cat)\" > $OUT/rank.$rank" + AwaitFiles);

            Assert.That(outcome, Is.EqualTo(new LaunchOutcome(LaunchEnd.Finished, 0, string.Empty)));
        }
        finally
        {
            Environment.SetEnvironmentVariable("HPCRUNTIME_TEST_WORD", null);
        }

        var expected = $"{_rig.Folder}|an argument|a; \"b\" 'c' $d\ne|dumb|\n";
        Assert.That(_rig.Files(), Is.EquivalentTo(Enumerable.Range(0, 3).ToDictionary(rank => $"rank.{rank}", _ => expected)));
    }

    [Test]
    public void Rank_0_may_take_its_time_to_end_when_it_has_told_its_exit_code()
    {
        // Longer than mpiexec has when rank 0 has ended.
        var outcome = _rig.Run(Begin + "if [ $rank = 0 ]; then echo 5 > $HPCRUNTIME_MPI_RUN/result.new; mv $HPCRUNTIME_MPI_RUN/result.new $HPCRUNTIME_MPI_RUN/result; sleep 5; touch $OUT/handled; exit 5; fi");

        Assert.That((outcome, _rig.Files().Keys), Is.EqualTo((new LaunchOutcome(LaunchEnd.Finished, 5, string.Empty), new[] { "handled" })));
    }

    [TestCase("exit 7", 7)]
    [TestCase("exit 130", 130)]
    [TestCase("kill -9 $$", 137)]
    [TestCase("kill -ABRT $$", 134)]
    public void The_exit_code_is_rank_0s(string line, int expected)
        => Assert.That(_rig.Run($"{Begin}if [ $rank = 0 ]; then {line}; fi"), Is.EqualTo(new LaunchOutcome(LaunchEnd.Finished, expected, string.Empty)));

    [TestCase("exit 3")]
    [TestCase("kill -9 $$")]
    [TestCase("kill -SEGV $$")]
    public void A_slave_that_ends_does_not_end_the_others_and_leaves_word(string line)
    {
        var slave = $"if [ $rank = 2 ]; then {line}; fi";
        var master = "if [ $rank = 0 ]; then while [ ! -e $HPCRUNTIME_MPI_RUN/ended.2 ]; do sleep 0.02; done; cp $HPCRUNTIME_MPI_RUN/ended.2 $OUT; fi";
        var outcome = _rig.Run($"{Begin}{slave}; {master}");

        Assert.That(outcome, Is.EqualTo(new LaunchOutcome(LaunchEnd.Finished, 0, string.Empty)));
        Assert.That(_rig.Files()["ended.2"].Trim(), Is.EqualTo(line switch { "exit 3" => "3", "kill -9 $$" => "137", _ => "139" }));
    }

    [Test]
    public void A_slave_that_does_not_even_start_ends_the_run_and_is_named()
    {
        var outcome = _rig.Run("if [ $rank = 2 ]; then exit 127; else exec sleep 60; fi");

        Assert.That(outcome.End, Is.EqualTo(LaunchEnd.NotStarted));
        Assert.That(outcome.Message, Does.Contain($"rank 2 on host {Environment.MachineName} did not start: /bin/sh is not there"));
    }

    [Test]
    public void Ranks_that_stay_when_rank_0_has_ended_are_ended()
    {
        var clock = Stopwatch.StartNew();
        var outcome = _rig.Run("echo $$ > $OUT/rank.$rank; if [ $rank = 0 ]; then touch $HPCRUNTIME_MPI_RUN/begun; while [ ! -e $OUT/rank.1 -o ! -e $OUT/rank.2 ]; do sleep 0.02; done; exit 5; fi; trap : TERM; sleep 60 & while :; do wait; done");

        Assert.That(outcome, Is.EqualTo(new LaunchOutcome(LaunchEnd.Finished, 5, string.Empty)));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
        foreach (var process in _rig.Files().Values)
        {
            Assert.That(Leftover.Ended(int.Parse(process, System.Globalization.CultureInfo.InvariantCulture)), Is.True, process);
        }
    }

    [TestCase(PosixSignal.SIGINT, 130)]
    [TestCase(PosixSignal.SIGTERM, 143)]
    [TestCase(PosixSignal.SIGHUP, 129)]
    public void A_signal_goes_to_rank_0_which_ends_the_run_in_its_own_way(PosixSignal signal, int code)
    {
        var run = Task.Run(() => _rig.Run("if [ $rank = 0 ]; then trap 'exit 130' INT; trap 'exit 143' TERM; trap 'exit 129' HUP; touch $HPCRUNTIME_MPI_RUN/begun; touch $OUT/ready; while :; do sleep 0.05; done; fi; while [ ! -e $HPCRUNTIME_MPI_RUN/result ]; do sleep 0.05; done"));
        Leftover.WaitFor(() => _rig.Signal is not null && File.Exists(Path.Combine(_rig.Folder, "ready")));
        _rig.Signal!(signal);

        Assert.That(run.Result, Is.EqualTo(new LaunchOutcome(LaunchEnd.Finished, code, string.Empty)));
    }

    [Test]
    public void A_run_that_does_not_listen_to_a_signal_is_ended()
    {
        var clock = Stopwatch.StartNew();
        var run = Task.Run(() => _rig.Run("trap : INT TERM HUP; echo $$ > $OUT/rank.$rank; [ $rank = 0 ] && touch $HPCRUNTIME_MPI_RUN/begun; while :; do sleep 0.05; done"));
        Leftover.WaitFor(() => _rig.Signal is not null && _rig.Files().Keys.Count(name => name.StartsWith("rank.", StringComparison.Ordinal)) == 3);
        _rig.Signal!(PosixSignal.SIGINT);

        Assert.That(run.Result, Is.EqualTo(new LaunchOutcome(LaunchEnd.Signalled, 2, string.Empty)));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
        Assert.That(_rig.Files().Values.Where(process => !Leftover.Ended(int.Parse(process, System.Globalization.CultureInfo.InvariantCulture))), Is.Empty);
    }

    [Test]
    public void Nothing_of_the_record_is_left()
    {
        _rig.Run("exit 0");

        Assert.That(Directory.GetDirectories(_rig.Folder), Is.Empty);
    }
}
