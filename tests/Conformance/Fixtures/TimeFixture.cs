using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 6: time-outs and cancellation ask first, and every command ends in bounded time.</summary>
public abstract class TimeFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    private static CommandOptions Within(int milliseconds) => new() { Timeout = TimeSpan.FromMilliseconds(milliseconds) };

    [Promise]
    [TestCase(Reaction.Throw)]
    [TestCase(Reaction.Return)]
    [TestCase(Reaction.Fail)]
    public void A_command_that_ends_when_its_time_is_up_has_timed_out_however_it_ends(Reaction reaction)
    {
        var processor = Open();
        var values = new List<int>();
        processor.Execute(new EchoCommand(1)); // Its slave is up.
        var command = processor.AddToQueue(new UntilCancelledCommand(reaction), values.Add, Within(100));
        var took = TimeOf(() => Assert.Throws<CommandTimeoutException>(() => processor.RunQueue()));
        Assert.That((command.Status, values.Count), Is.EqualTo((CommandStatus.TimedOut, 0)));
        Assert.That(took.TotalMilliseconds, Is.InRange(90, 8000));
        AssertUsable(processor);
    }

    [Promise]
    public void A_time_out_tells_its_command_rank_and_time()
    {
        var processor = Open();
        var failure = Assert.Throws<CommandTimeoutException>(() => processor.Execute(new UntilCancelledCommand(), Within(120) with { Label = "endless" }))!;
        Assert.That((failure.Timeout, failure.Command.Label, failure.Command.Attempts), Is.EqualTo((TimeSpan.FromMilliseconds(120), "endless", 1)));
        Assert.That(failure.Message, Does.Contain("endless").And.Contains("0.12 s").And.Contains($"rank {failure.Command.Rank}"));
    }

    [Promise]
    public void A_command_that_ends_in_time_is_left_alone()
    {
        var processor = Open();
        Assert.That(processor.Execute(new UntilCancelledCommand(Reaction.Fail, 20), Within(10_000)), Is.EqualTo(1));
    }

    [Promise]
    public void The_time_of_the_processor_holds_for_every_command()
    {
        var processor = Open(1, new ProcessorOptions { Timeout = TimeSpan.FromMilliseconds(100) });
        Assert.Throws<CommandTimeoutException>(() => processor.Execute(new UntilCancelledCommand()));
        Assert.That(processor.Execute(new EchoCommand(1), Within(15_000)), Is.EqualTo(1));
    }

    [Promise]
    public void The_time_of_a_command_goes_before_that_of_the_processor()
    {
        var processor = Open(1, new ProcessorOptions { Timeout = TimeSpan.FromMilliseconds(30) });
        Assert.That(processor.Execute(new UntilCancelledCommand(Reaction.Fail, 200), Within(15_000)), Is.EqualTo(1));
    }

    [Promise]
    public void Time_counts_from_the_start_of_a_command_not_from_the_queue()
    {
        var processor = Open(1);
        processor.Execute(new WorkCommand(1)); // From now on it is known, and several are on their way at a time.
        processor.AddToQueue(new WorkCommand(1500));
        for (var i = 0; i < 5; i++)
        {
            processor.AddToQueue(new WorkCommand(1), options: Within(1200));
        }

        Assert.DoesNotThrow(() => processor.RunQueue());
    }

    [Promise]
    public void A_command_that_was_cancelled_before_it_was_submitted_never_runs()
    {
        var processor = Open();
        var task = processor.Submit(new GiveSignalCommand(Signal("ran")), null, new CancellationToken(true));
        FailureOf<OperationCanceledException>(task);
        AssertUsable(processor);
        Assert.That((task.IsCanceled, File.Exists(Signal("ran"))), Is.EqualTo((true, false)));
    }

    [Promise]
    public void A_command_cancelled_in_the_queue_never_runs()
    {
        var processor = Open(1, new ProcessorOptions { Chunking = Chunking.Each });
        using var cancellation = new CancellationTokenSource();
        var first = processor.Submit(new AwaitSignalCommand(Signal("go")));
        var crowd = Enumerable.Range(0, 100).Select(_ => processor.Submit(new SilentCommand())).ToArray();
        var task = processor.Submit(new GiveSignalCommand(Signal("ran")), null, cancellation.Token);
        cancellation.Cancel();
        FailureOf<OperationCanceledException>(task);
        Give("go");
        WaitFor(Task.WhenAll(crowd.Append(first)), "The others");
        Assert.That((task.IsCanceled, File.Exists(Signal("ran"))), Is.EqualTo((true, false)));
    }

    [Promise]
    public void A_running_command_is_asked_to_stop_and_its_future_is_cancelled()
    {
        var processor = Open();
        using var cancellation = new CancellationTokenSource();
        var task = processor.Submit(new UntilCancelledCommand(Reaction.Throw, 15_000, Signal("started")), null, cancellation.Token);
        Await("started");
        cancellation.Cancel();
        FailureOf<OperationCanceledException>(task);
        Assert.That(task.IsCanceled, Is.True);
        AssertUsable(processor);
    }

    [Promise]
    public void A_cancelled_future_tells_which_command_it_was()
    {
        var processor = Open();
        var task = processor.Submit(new EchoCommand(1), new CommandOptions { Label = "unwanted" }, new CancellationToken(true));
        Assert.That(FailureOf<CommandCancelledException>(task).Command.Label, Is.EqualTo("unwanted"));
    }

    [Promise]
    public void Cancelling_one_command_leaves_the_others()
    {
        var processor = Open(2);
        using var cancellation = new CancellationTokenSource();
        var others = Enumerable.Range(0, 20).Select(i => processor.Submit(new EchoCommand(i))).ToArray();
        var task = processor.Submit(new EchoCommand(-1), null, cancellation.Token);
        cancellation.Cancel();
        WaitFor(task, "The cancelled command");
        foreach (var other in others)
        {
            WaitFor(other, "Another command");
        }

        Assert.That(others.Select(other => other.Result), Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [Promise]
    public void Cancelling_a_run_ends_it_and_leaves_a_usable_processor()
    {
        var processor = Open(1, new ProcessorOptions { Chunking = Chunking.Each });
        using var cancellation = new CancellationTokenSource();
        processor.AddToQueue(new EchoCommand(1), _ => cancellation.Cancel());
        processor.AddToQueue(new UntilCancelledCommand());
        var rest = Enumerable.Range(0, 500).Select(i => processor.AddToQueue(new LeaveTraceCommand(Folder, i))).ToArray();
        Assert.Catch<OperationCanceledException>(() => processor.RunQueue(cancellation.Token));
        Assert.That(rest[^1].Status, Is.EqualTo(CommandStatus.Cancelled));
        AssertUsable(processor);
    }

    [Promise]
    public void Cancelling_a_run_asks_running_commands_to_stop()
    {
        var processor = Open(1);
        using var cancellation = new CancellationTokenSource();
        processor.AddToQueue(new UntilCancelledCommand(Reaction.Throw, 15_000, Signal("started")));
        var watcher = Task.Run(() =>
        {
            Await("started");
            cancellation.Cancel();
        });
        Assert.Catch<OperationCanceledException>(() => processor.RunQueue(cancellation.Token));
        WaitFor(watcher, "The watcher");
        AssertUsable(processor);
    }

    [Promise]
    public void A_run_that_was_cancelled_before_it_began_runs_nothing()
    {
        var processor = Open();
        var command = processor.AddToQueue(new GiveSignalCommand(Signal("ran")));
        Assert.Catch<OperationCanceledException>(() => processor.RunQueue(new CancellationToken(true)));
        AssertUsable(processor);
        Assert.That((command.Status, File.Exists(Signal("ran"))), Is.EqualTo((CommandStatus.Cancelled, false)));
    }

    [Promise]
    public void Cancelling_the_processor_from_another_thread_ends_the_run()
    {
        var processor = Open(1);
        processor.AddToQueue(new UntilCancelledCommand(Reaction.Throw, 15_000, Signal("started")));
        var rest = processor.AddToQueue(new GiveSignalCommand(Signal("ran")));
        var watcher = Task.Run(() =>
        {
            Await("started");
            processor.Cancel("the user pressed Ctrl-C");
        });
        Assert.That(Assert.Catch<OperationCanceledException>(() => processor.RunQueue())!.Message, Does.Contain("Ctrl-C"));
        WaitFor(watcher, "The watcher");
        Assert.That((rest.Status, File.Exists(Signal("ran"))), Is.EqualTo((CommandStatus.Cancelled, false)));
    }

    [Promise]
    public void Cancelling_the_execution_of_one_command_throws()
    {
        var processor = Open();
        Assert.Catch<OperationCanceledException>(() => processor.Execute(new EchoCommand(1), null, new CancellationToken(true)));
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_that_ignores_its_token_still_times_out()
    {
        var processor = Open(1, new ProcessorOptions { Grace = TimeSpan.FromMilliseconds(100) });
        var task = processor.SubmitForOutcome(new StubbornCommand(Folder, Fabric.LosesStuckSlaves ? 10_000 : 500, Signal("release")), Within(100));
        WaitFor(task, "The stubborn command");
        Give("release"); // A rank whose slave is lost is waited for.
        Assert.That(task.Result.Command.Status, Is.EqualTo(CommandStatus.TimedOut));
        AssertUsableOrWithoutSlave(processor);
    }
}
