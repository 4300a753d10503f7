using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.Versioning;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>hpcrun exec, from its command line to what is left of it.</summary>
[Parallelizable(ParallelScope.None)]
[TestFixture("thread")]
[TestFixture("process")]
[UnsupportedOSPlatform("windows")]
internal sealed class ExecEndToEndTests(string fabric)
{
    /// <summary>Says that a process is alive: no zombie, which a container's first process may leave for ever.</summary>
    private const string Alive = "alive() { grep -q '^State:.[^ZX]' /proc/$1/status 2>/dev/null && echo alive; }; alive";

    private ShellScript _script = null!;

    private string Exec => $"hpcrun exec --processor {fabric} -n 2";

    [SetUp]
    public void Open() => _script = new ShellScript();

    [TearDown]
    public void Close() => _script.Delete();

    [Test]
    public void In_order_the_output_is_the_input()
        => Assert.That(_script.Run($"{Exec} --keep-order -- echo {{}} ::: $(seq 1000) | cmp - <(seq 1000)"), Is.EqualTo((0, string.Empty, string.Empty)));

    [Test]
    public void Jobs_are_never_torn()
    {
        var (code, output, error) = _script.Run($"seq 60 | {Exec} 'printf {{}}:; head -c 100000 /dev/zero | tr \"\\0\" x; printf \":{{}}\\n\"'");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That((code, error, lines.Length), Is.EqualTo((0, string.Empty, 60)));
        Assert.That(lines, Is.All.Match("^([0-9]+):x{1000}.{99000}:\\1$"));
        Assert.That(lines.Select(line => int.Parse(line.Split(':')[0], CultureInfo.InvariantCulture)), Is.EquivalentTo(Enumerable.Range(1, 60)));
    }

    [Test]
    public void A_job_that_ends_its_slave_is_run_as_often_as_one_that_fails()
    {
        var (code, output, error) = _script.Run("hpcrun exec --processor process -n 1 --retries 2 'echo x >> tries; kill -9 $PPID' ::: 1; echo $?; wc -l < tries");
        Assert.That((code, output), Is.EqualTo((0, "4\n2\n")), error);
    }

    [Test]
    public void The_version_is_told_and_nothing_is_run()
        => Assert.That(_script.Run("echo 'touch ran' | hpcrun exec --version; hpcrun --version exec </dev/null | cmp - <(hpcrun --version); ls").Output, Does.Match("^hpcrun [0-9.]+\n$"));

    [TestCase("hpcrun -", "error: ")]
    [TestCase("hpcrun --stats -", "error: ")]
    public void A_lone_dash_is_no_option(string line, string expected)
    {
        var (code, _, error) = _script.Run(line);
        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error, Does.StartWith(expected).And.Not.Contain("   at "));
    }

    [Test]
    public void A_number_that_no_job_can_have_is_no_placeholder()
        => Assert.That(_script.Run($"{Exec} echo '{{99999999999}}' ::: a"), Is.EqualTo((0, "{99999999999} a\n", string.Empty)));

    [Test]
    public void A_failed_job_makes_the_exit_code_1_and_stops_nobody()
    {
        var (code, output, error) = _script.Run($"{Exec} -k 'echo {{}}; exit {{}}' ::: 0 3 0");
        Assert.That((code, output, error), Is.EqualTo((1, "0\n3\n0\n", "hpcrun exec: 1 of 3 jobs failed\n")));
    }

    [Test]
    public void What_is_not_the_programs_doing_is_told()
    {
        var (code, _, error) = _script.Run($"{Exec} -k --timeout 5 ::: no-such-program 'kill -9 $$' 'sleep 60; true'");
        Assert.That(code, Is.EqualTo(1));
        Assert.That(error, Does.Contain("job 1 (no-such-program): exit code 127: no program 'no-such-program' was found in PATH (")
            .And.Contains("job 2 (kill -9 $$): killed by SIGKILL (exit code 137)\n").And.Contains("job 3 (sleep 60; true): took longer than 5 s and was ended\n").And.Contains("3 of 3 jobs failed"));
    }

    [Test]
    public void A_job_runs_as_soon_as_its_line_is_there()
    {
        // The second line is written only once the first job has run.
        var (code, output, error) = _script.Run($"mkfifo lines; {Exec} 'echo {{}} >> ran' < lines & exec 3> lines; echo a >&3; until grep -q a ran 2>/dev/null; do sleep 0.05; done; echo b >&3; exec 3>&-; wait $!; echo $?; sort ran");
        Assert.That((code, output, error), Is.EqualTo((0, "0\na\nb\n", string.Empty)));
    }

    [Test]
    public void An_endless_input_is_read_no_further_than_jobs_run()
    {
        var (_, output, error) = _script.Run($"(i=0; while echo $((++i)); do echo $i >&3; done) 3> written 2>/dev/null | {Exec} --halt soon,done=50 true {{}}; echo $?; tail -n 1 written");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[0], Is.EqualTo("0"), error);

        // A pipe and a buffer of 64 KiB each hold some 20,000 such lines.
        Assert.That(int.Parse(lines[1], CultureInfo.InvariantCulture), Is.InRange(50, 60_000));
    }

    [Test]
    public void After_a_kill_only_what_had_not_ended_is_run_again()
    {
        // The first run is slow enough to be killed in its midst; to the second, of the same jobs, the file says not to wait.
        const string Jobs = "'echo {} >> ran; sleep $(cat nap); echo {}' ::: $(seq 200)";
        var first = _script.Run($"echo 0.1 > nap; {Exec} --joblog log {Jobs} > out & until [ $(wc -l < log 2>/dev/null || echo 0) -gt 30 ]; do sleep 0.02; done; kill -9 $!; wait $! 2>/dev/null; sed 1d log | cut -f 1").Output;
        var ended = first.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(ended, Has.Length.InRange(30, 199));
        var (code, output, error) = _script.Run($"echo 0 > nap; {Exec} --joblog log --resume {Jobs} | wc -l; sed 1d log | cut -f 1 | sort -n | cmp - <(seq 200) && sed 1d log | cut -f 7 | sort | uniq -c");
        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim()).ToArray();
        Assert.That(lines, Is.EqualTo(new[] { (200 - ended.Length).ToString(CultureInfo.InvariantCulture), "200 0" }));

        // Only jobs that had not ended when it was killed may have run twice.
        var twice = File.ReadAllLines(Path.Combine(_script.Folder, "ran")).GroupBy(line => line).Where(group => group.Count() > 1).Select(group => group.Key);
        Assert.That(twice.Intersect(ended), Is.Empty);
    }

    [Test]
    public void Retries_run_a_failed_job_again_and_show_it_once()
    {
        var (code, output, error) = _script.Run($"{Exec} -k --retries 3 'echo {{}} >> tries; echo try; [ $(wc -l < tries) -ge 3 ]' ::: a; wc -l < tries");
        Assert.That((code, output, error), Is.EqualTo((0, "try\n3\n", string.Empty)));
    }

    [Test]
    public void Halting_now_ends_what_runs()
    {
        var clock = Stopwatch.StartNew();
        var (code, output, error) = _script.Run($"{Exec} --halt now,fail=1 ::: 'echo $$ > pid; exec sleep 100' 'until [ -s pid ]; do sleep 0.02; done; exit 1' 'echo never'; echo $?; {Alive} $(cat pid) || echo gone");
        Assert.That((code, output), Is.EqualTo((0, "1\ngone\n")));
        Assert.That(error, Does.Contain("stopping after job 2"));
        Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(60));
    }

    [Test]
    public void A_signal_ends_the_jobs_and_all_they_have_started()
    {
        var (code, output, error) = _script.Run($"{Exec} 'sleep 100 & echo $! >> pids; wait; : {{}}' ::: 1 2 & until [ \"$(grep -c '' pids 2>/dev/null)\" = 2 ]; do sleep 0.02; done; kill -TERM $!; wait $!; echo $?; for p in $(cat pids); do for i in $(seq 200); do {Alive} $p > /dev/null || break; sleep 0.05; done; {Alive} $p; done; true");
        Assert.That((code, output), Is.EqualTo((0, "143\n")));
        Assert.That(error, Does.StartWith("interrupted by SIGTERM: 0 of 2 commands done"));
    }

    [Test]
    public void Output_that_nobody_reads_any_more_ends_the_run()
    {
        var (_, output, error) = _script.Run($"seq 100000 | {Exec} echo | head -n 1 | wc -l; echo ${{PIPESTATUS[*]}}");
        Assert.That(output.Split('\n')[0], Is.EqualTo("1"));
        Assert.That(error, Does.Contain("what jobs print can no longer be written"));
    }

    [Test]
    public void Ungrouped_output_comes_out_whole_where_it_passes_the_master()
    {
        var (code, output, error) = _script.Run($"{Exec} -u 'echo o{{}}; echo e{{}} >&2' ::: 1 2 3");
        Assert.That((code, string.Join(' ', output.Split('\n').Order()), string.Join(' ', error.Split('\n').Order())), Is.EqualTo((0, " o1 o2 o3", " e1 e2 e3")));
    }

    [Test]
    public void A_job_knows_its_number_and_its_slave()
    {
        var (code, output, error) = _script.Run($"{Exec} -k 'echo $PARALLEL_SEQ {{#}}; [ $PARALLEL_JOBSLOT = {{%}} ]' ::: a b");
        Assert.That((code, output, error), Is.EqualTo((0, "1 1\n2 2\n", string.Empty)));
    }

    [Test]
    public void A_resume_with_another_command_is_refused()
    {
        var (code, output, error) = _script.Run($"{Exec} --joblog log echo ::: a; {Exec} --joblog log --resume echo ::: b");
        Assert.That((code, output), Is.EqualTo((2, "a\n")));
        Assert.That(error, Is.EqualTo("error: --resume: job 1 is another command than in log: now it is 'echo b'. Give the same command and input, or another log.\n"));
    }
}
