using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using HpcRuntime.Backends.Process;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>How commands end that do not want to, and how long slaves are started again.</summary>
[Platform("Linux")]
[NonParallelizable]
[TestFixture("shm")]
[TestFixture("socket")]
public sealed class ProcessEndingTests(string transport)
{
    private static readonly CommandOptions Brief = new() { Timeout = TimeSpan.FromSeconds(2) };

    [TestCase(Defiance.Prints, "its slave was ended by SIGTERM.")]
    [TestCase(Defiance.HoldsOn, "its slave was ended by SIGKILL, for it ignored SIGTERM.")]
    [TestCase(Defiance.FreezesRuntime, "its slave was ended by SIG")]
    public void A_command_that_ignores_its_token_ends_in_bounded_time(Defiance defiance, string how)
    {
        using var processor = Open(1, null, ("grace", "2s"), ("heartbeat", "none"));
        Assert.That(processor.Execute(new NapCommand(5, 0)), Is.EqualTo(5));
        CommandTimeoutException failure;
        var tries = 0;
        do
        {
            var clock = Stopwatch.StartNew();
            failure = Assert.Throws<CommandTimeoutException>(() => processor.Execute(new DefiantCommand(defiance), Brief))!;
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)), "It never ends by itself.");
        }
        while (defiance == Defiance.Prints && failure.Message.Contains("SIGKILL", StringComparison.Ordinal) && ++tries < 3); // A busy machine may not end a process within the second that it is given.

        Assert.That(failure.Message, Does.Contain(how).And.Contains("--- last output of the command on stdout ---\ndefiant begins"));
        Assert.That(failure.LastOutput.Out, Is.EqualTo("defiant begins\n" + (defiance == Defiance.Prints ? "flushed at the end" : string.Empty)));
        Assert.That(processor.Execute(new NapCommand(6, 0)), Is.EqualTo(6), "The seat has a new slave.");
    }

    [Test]
    public void A_cancelled_command_that_freezes_its_slave_ends_in_bounded_time()
    {
        using var processor = Open(1, null, ("grace", "200ms"), ("heartbeat", "none"));
        using var cancellation = new CancellationTokenSource();
        var command = processor.Submit(new DefiantReturnCommand(), null, cancellation.Token);
        var stays = processor.Submit(new NapCommand(5, 0));
        cancellation.CancelAfter(500);
        Assert.CatchAsync<OperationCanceledException>(() => command.WaitAsync(TimeSpan.FromSeconds(15)));
        Assert.That(stays.WaitAsync(TimeSpan.FromSeconds(15)).Result, Is.EqualTo(5));
    }

    [Test]
    public void Poisonous_commands_in_a_row_fail_one_by_one_and_the_others_run()
    {
        using var processor = Open(1, new() { ErrorPolicy = ErrorPolicy.Continue });
        var values = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            processor.AddToQueue(new DyingCommand(Death.Kill));
        }

        for (var i = 0; i < 10; i++)
        {
            processor.AddToQueue(new NapCommand(i, 1), values.Add);
        }

        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions;
        Assert.That(failures.Select(failure => ((SlaveLostException)failure).Attempts.Count), Is.EqualTo(new[] { 3, 3, 3 }));
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 10)), "Nine slaves in a row completed nothing, and the tenth did.");
    }

    [Test]
    public void A_seat_whose_slaves_complete_nothing_is_given_up_in_the_end()
    {
        using var processor = Open(1, new() { MaxAttempts = 1000 }, ("max-restarts", "3"));
        Assert.That(processor.Execute(new NapCommand(5, 0)), Is.EqualTo(5));
        var lost = Assert.Throws<SlaveLostException>(() => processor.Execute(new DyingCommand(Death.Exit)))!;
        Assert.That(lost.Attempts, Has.Count.EqualTo(5), "The first had completed a command; four in a row had not.");
        Assert.That(lost.Message, Does.Contain("no slave is left").And.Contains("exited with code 3"));
        Assert.That(lost.Attempts.Select(attempt => attempt.LastOutput), Is.All.EqualTo(new LastOutput("half a li", "half an err")));
    }

    [Test]
    public void Slaves_that_cannot_come_up_are_reported_once_with_their_exit_and_their_output()
    {
        var shown = new MemoryStream();
        using var processor = Open(2, new() { ShowOutput = true, StandardError = shown }, ("env.DOTNET_STARTUP_HOOKS", "/no/such/hook.dll"));
        var lost = Assert.Throws<SlaveLostException>(() => processor.Execute(new NapCommand(1, 0)))!;
        Assert.That(lost.Message, Does.Contain("no slave is left").And.Contains("killed by SIGABRT before it came up").And.Contains("--- last output of that slave on stderr ---"));
        Assert.That(lost.LastOutput.Error, Does.Contain("/no/such/hook.dll"));
        Assert.That(System.Text.Encoding.UTF8.GetString(shown.ToArray()).Split("Unhandled exception.").Length, Is.EqualTo(2), "Shown once, not for each slave.");
    }

    [Test]
    public void What_waits_behind_a_stopped_slave_runs_elsewhere_soon_and_nothing_runs_twice()
    {
        var folder = Directory.CreateTempSubdirectory("stopped-");
        try
        {
            using var processor = Open(2, null, ("heartbeat", "60s"));
            var values = new List<int>();
            var clock = Stopwatch.StartNew();
            processor.RunQueue(Enumerable.Range(0, 400).Select(i => new StoppingCommand(i, 200, folder.FullName)), (_, value) =>
            {
                values.Add(value);
                File.WriteAllText(StoppingCommand.Home(folder.FullName, value), string.Empty);
                if (values.Count == 399)
                {
                    // All others are home, long before the heartbeat tells anything.
                    Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(40)));
                    SystemCalls.Kill(AwaitStopped(Path.Combine(folder.FullName, "stopped")), 18);
                }
            });
            Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 400)));
            Assert.That(values[^1], Is.EqualTo(200));
            var traces = folder.GetFiles("*-*").GroupBy(file => file.Name.Split('-')[0]).ToList();
            Assert.That((traces.Count, traces.Max(group => group.Count())), Is.EqualTo((400, 1)), "Each executed once.");
            Assert.That(processor.ExecuteOnEverySlave(new ProcessIdCommand()).Values.Distinct().Count(), Is.EqualTo(2), "The slave that was stopped works again.");
            Assert.That(processor.Statistics.SlavesLost, Is.Zero);
        }
        finally
        {
            folder.Delete(true);
        }
    }

    [Test]
    public void Counting_begins_anew_with_a_completed_command_and_with_another_culprit()
    {
        var streak = new RestartStreak();
        var counts = new List<int>();
        foreach (var (completed, culprit) in new[] { (false, 0), (false, 0), (false, 7), (false, 7), (false, 8), (false, 0), (true, 8), (false, 8) })
        {
            streak.Note(completed, culprit);
            counts.Add(streak.Count);
        }

        Assert.That(counts, Is.EqualTo(new[] { 1, 2, 1, 2, 1, 2, 0, 1 }));
    }

    [Test]
    public void Kills_for_want_of_memory_are_read_from_the_system()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "nr_free_pages 12\noom_kill 3\nnuma_hit 5\n");
        Assert.That((OomKills.Count(file), OomKills.Count("/no/such/file")), Is.EqualTo((3, 0)));
        File.Delete(file);
    }

    /// <summary>The process that has written its number into a file, once the system has stopped it: a signal to go on before that would be lost.</summary>
    private static int AwaitStopped(string file)
    {
        var process = string.Empty;
        bool IsStopped()
        {
            process = File.Exists(file) ? File.ReadAllText(file) : string.Empty;
            if (process.Length == 0)
            {
                return false;
            }

            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] == 'T';
        }

        Assert.That(SpinWait.SpinUntil(IsStopped, TimeSpan.FromSeconds(20)), Is.True, "The slave was not stopped.");
        return int.Parse(process, CultureInfo.InvariantCulture);
    }

    private Processor Open(int slaves, ProcessorOptions? options = null, params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(pair => "process." + pair.Key, pair => pair.Value);
        all["process.transport"] = transport;
        options ??= new();
        return Processor.Load("process", options with { Slaves = slaves, ShowOutput = options.StandardError is not null, Settings = all });
    }
}
