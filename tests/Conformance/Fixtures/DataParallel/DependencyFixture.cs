using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Commands that come after others.</summary>
public abstract class DependencyFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_command_runs_after_its_prerequisites()
    {
        var processor = Open(2);
        var log = Signal("log");
        var go = Signal("go");
        var first = processor.Submit(() => Note(log, "first", go));
        var second = processor.Submit(() => Note(log, "second"), after: [first]);
        var third = processor.Submit(() => Note(log, "third"), after: [first, second]);
        Assert.That(second.IsCompleted || third.IsCompleted, Is.False);
        Give("go");
        WaitFor(third, "The third");
        Assert.That(File.ReadAllText(log), Is.EqualTo("first second third "));
    }

    [Promise]
    public void Prerequisites_that_have_ended_hold_nothing_back()
    {
        var processor = Open();
        var first = processor.Submit(() => 1);
        WaitFor(first, "The first");
        var second = processor.Submit(() => 2, after: [first]);
        WaitFor(second, "The second");
        Assert.That(second.Result, Is.EqualTo(2));
    }

    [Promise]
    public void A_failed_prerequisite_ends_its_dependents_with_its_name()
    {
        var processor = Open();
        var bad = processor.Submit(Fail, new FutureOptions { Label = "the calibration" });
        var dependent = processor.Submit(() => 1, new FutureOptions { Label = "the fit" }, after: [bad]);
        var failure = FailureOf<PrerequisiteException>(dependent);
        Assert.That(failure.Message, Does.Contain("the calibration").And.Contain("the fit").And.Contain("failed"));
        Assert.That((failure.Prerequisite.Label, failure.Command.Status, failure.Command.Attempts), Is.EqualTo(("the calibration", CommandStatus.Failed, 0)));
        Assert.That(failure.InnerException, Is.TypeOf<SlaveCommandException>());
        FailureOf<SlaveCommandException>(bad);
    }

    [Promise]
    public void A_failure_travels_down_the_whole_chain()
    {
        var processor = Open();
        var tasks = new List<Task<int>> { processor.Submit(Fail) };
        for (var i = 0; i < 50; i++)
        {
            tasks.Add(processor.Submit(() => 1, after: [tasks[^1]]));
        }

        FailureOf<PrerequisiteException>(tasks[^1]);
        Assert.That(tasks.Skip(1).All(task => task.IsFaulted), Is.True);
        FailureOf<SlaveCommandException>(tasks[0]);
    }

    [Promise]
    public void A_cancelled_prerequisite_ends_its_dependents()
    {
        var processor = Open();
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        var cancelled = processor.Submit(() => 1, cancellation: cancellation.Token);
        var failure = FailureOf<PrerequisiteException>(processor.Submit(() => 2, after: [cancelled]));
        Assert.That(failure.Message, Does.Contain("was cancelled"));
    }

    [Promise]
    public void On_any_end_a_dependent_runs_after_a_failure_too()
    {
        var processor = Open();
        var bad = processor.Submit(Fail);
        var always = processor.Submit(() => 3, new FutureOptions { AfterPolicy = AfterPolicy.AnyEnd }, after: [bad]);
        WaitFor(always, "The dependent");
        Assert.That(always.Result, Is.EqualTo(3));
        FailureOf<SlaveCommandException>(bad);
    }

    [Promise]
    public void On_failure_a_dependent_runs_only_after_a_failure()
    {
        var processor = Open();
        var (bad, good) = (processor.Submit(Fail), processor.Submit(() => 1));
        var options = new FutureOptions { AfterPolicy = AfterPolicy.Failure };
        var repair = processor.Submit(() => 4, options, after: [good, bad]);
        var needless = processor.Submit(() => 5, options, after: [good]);
        WaitFor(repair, "The repair");
        Assert.That(repair.Result, Is.EqualTo(4));
        FailureOf<OperationCanceledException>(needless);
        FailureOf<SlaveCommandException>(bad);
    }

    [Promise]
    public void On_failure_all_prerequisites_have_ended()
    {
        var processor = Open(2);
        var slow = processor.Submit(new AwaitSignalCommand(Signal("go")));
        var bad = processor.Submit(Fail);
        if (Fabric.RunsAtOnce)
        {
            FailureOf<SlaveCommandException>(bad);
        }

        var repair = processor.Submit(() => 1, new FutureOptions { AfterPolicy = AfterPolicy.Failure }, after: [slow, bad]);
        Assert.That(repair.Wait(50), Is.False);
        Give("go");
        WaitFor(repair, "The repair");
        FailureOf<SlaveCommandException>(bad);
    }

    [Promise]
    [TwoSlaves]
    public void An_unknown_handle_is_refused_at_once()
    {
        var (processor, other) = (Open(1), Open(1));
        var foreign = other.Submit(() => 1);
        foreach (var unknown in new[] { Task.CompletedTask, Task.Run(() => 1), foreign })
        {
            Assert.That(Assert.Throws<ArgumentException>(() => _ = processor.Submit(() => 1, after: [unknown]))!.Message, Does.Contain("Item 0 of 'after'"));
        }

        WaitFor(foreign, "The other's");
        AssertUsable(processor);
    }

    [Promise]
    public void A_dependent_is_cancelled_while_it_waits()
    {
        var processor = Open(1);
        using var cancellation = new CancellationTokenSource();
        var first = processor.Submit(new AwaitSignalCommand(Signal("go")));
        var second = processor.Submit(() => 1, after: [first], cancellation: cancellation.Token);
        cancellation.Cancel();
        FailureOf<OperationCanceledException>(second);
        Give("go");
        WaitFor(first, "The first");
        AssertUsable(processor);
    }

    [Promise]
    public void Closing_ends_dependents_that_wait()
    {
        var processor = Open(1);
        var first = processor.Submit(new UntilCancelledCommand());
        var second = processor.Submit(() => 1, after: [first]);
        processor.Dispose();
        WaitUntil(() => second.IsCompleted, "The end of the dependent");
        Assert.That(second.IsCompletedSuccessfully, Is.False);
        Assert.That(second.Exception is null || second.Exception.InnerException is PrerequisiteException, Is.True);
    }

    [Promise]
    public void Cancelling_everything_reaches_dependents()
    {
        var processor = Open(1);
        var first = processor.Submit(new UntilCancelledCommand(started: Signal("started")));
        var second = processor.Submit(() => 1, after: [first]);
        Await("started");
        processor.Cancel("enough");
        FailureOf<OperationCanceledException>(second);
        FailureOf<OperationCanceledException>(first);
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_object_comes_after_others_too()
    {
        var processor = Open();
        var first = processor.Submit(new EchoCommand(1));
        var second = processor.Submit(new EchoCommand(2), [first]);
        var silent = processor.Submit(new SilentCommand(), [first, second]);
        WaitFor(silent, "The last");
        Assert.That((first.IsCompletedSuccessfully, second.Result), Is.EqualTo((true, 2)));
    }

    [Promise]
    public void Ten_sleepers_come_before_ten_dependents()
    {
        var processor = Open(4);
        var folder = Folder;
        var sleepers = Enumerable.Range(0, 10).Select(i => processor.Submit(() => Sleep(folder, i, 2 * (5 - Math.Min(5, i))))).ToArray();
        var roots = Enumerable.Range(0, 10).Select(i => processor.Submit(() => (Root: Math.Sqrt(i), Slept: Directory.GetFiles(folder, "slept-*").Length), after: sleepers)).ToArray();
        WaitFor(Task.WhenAll(roots), "The roots");
        Assert.That(roots.Select(root => root.Result), Is.EqualTo(Enumerable.Range(0, 10).Select(i => (Math.Sqrt(i), 10))), "No dependent starts before the last sleeper has ended.");
    }

    [Promise(Seconds = 60)]
    public void A_graph_of_a_hundred_thousand_nodes_costs_its_edges()
    {
        var processor = Open(2);
        var clock = Stopwatch.StartNew();
        var layer = Enumerable.Range(0, 1000).Select(_ => processor.Submit(new EchoCommand(1))).ToArray();
        for (var depth = 1; depth < 100; depth++)
        {
            var above = layer;
            layer = [.. Enumerable.Range(0, 1000).Select(i => processor.Submit(new EchoCommand(1), [above[i], above[(i + 1) % 1000]]))];
        }

        WaitFor(Task.WhenAll(layer), "The last layer");
        Assert.That(layer.All(task => task.IsCompletedSuccessfully), Is.True);
        Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(50), "At a cost of its nodes squared it would take hours.");
    }

    [Promise]
    public void A_graph_may_use_names_before_they_are_given()
    {
        var graph = new CommandGraph().Add("sum", () => 3, after: ["left", "right"]).Add("left", () => 1).Add("right", new EchoCommand(2));
        var futures = graph.Submit(Open());
        WaitFor(futures["sum"], "The sum");
        Assert.That(futures.Keys, Is.EqualTo(new[] { "left", "right", "sum" }));
        Assert.That((((Task<int>)futures["sum"]).Result, futures["left"].IsCompletedSuccessfully, graph.Count), Is.EqualTo((3, true, 3)));
    }

    [Promise]
    public void A_circle_in_a_graph_is_refused_at_once_by_name()
    {
        var processor = Open();
        var graph = new CommandGraph().Add("a", () => 1, after: ["c"]).Add("b", () => 1, after: ["a"]).Add("c", () => 1, after: ["b"]).Add("d", () => 1);
        Assert.That(Assert.Throws<ArgumentException>(() => graph.Submit(processor))!.Message, Does.Contain("'a' after 'c' after 'b' after 'a'"));
        Assert.That(Assert.Throws<ArgumentException>(() => new CommandGraph().Add("x", () => 1, after: ["x"]).Submit(processor))!.Message, Does.Contain("'x' after 'x'"));
        Assert.That(processor.Statistics.Queued, Is.Zero, "Nothing was submitted.");
    }

    [Promise]
    public void An_unknown_name_in_a_graph_is_refused_at_once()
    {
        var processor = Open();
        var graph = new CommandGraph().Add("a", () => 1, after: ["nobody"]);
        Assert.That(Assert.Throws<ArgumentException>(() => graph.Submit(processor))!.Message, Does.Contain("'a'").And.Contain("'nobody'"));
        Assert.That(Assert.Throws<ArgumentException>(() => graph.Add("a", () => 2))!.Message, Does.Contain("'a'"));
    }

    private static int Note(string log, string word, string? signal = null)
    {
        Pause.Until(() => signal is null || File.Exists(signal), 15_000);
        File.AppendAllText(log, word + " ");
        return 0;
    }

    private static int Sleep(string folder, int index, int milliseconds)
    {
        Pause.For(milliseconds);
        File.WriteAllText(Path.Combine(folder, $"slept-{index}"), string.Empty);
        return milliseconds;
    }

    private static int Fail() => throw new InvalidOperationException("no");
}
