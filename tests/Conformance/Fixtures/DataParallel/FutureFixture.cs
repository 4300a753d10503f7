using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Futures with options: priority, time, cancellation, labels, groups.</summary>
public abstract class FutureFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_label_is_seen_by_the_function_and_in_its_outcome()
    {
        var outcome = Open().SubmitForOutcome(new Labelled().Say, new FutureOptions { Label = "curve 7" });
        WaitFor(outcome, "The outcome");
        Assert.That(outcome.Result.Command.Label, Is.EqualTo("curve 7"));
        var seen = Open().Submit(slave => slave.Label, new FutureOptions { Label = "curve 8" });
        WaitFor(seen, "The future");
        Assert.That(seen.Result, Is.EqualTo("curve 8"));
    }

    [Promise]
    public void A_higher_priority_goes_first()
    {
        var processor = Open(1);
        var order = Signal("order");
        var busy = processor.Submit(new AwaitSignalCommand(Signal("go"), 0, Signal("started")));
        Await("started");
        var low = processor.Submit(() => File.AppendAllText(order, "low "));
        var high = processor.Submit(() => File.AppendAllText(order, "high "), new FutureOptions { Priority = 5 });
        Give("go");
        WaitFor(Task.WhenAll(busy, low, high), "All");
        Assert.That(File.ReadAllText(order), Is.EqualTo("high low "));
    }

    [Promise]
    public void A_function_whose_time_is_up_fails_its_future()
    {
        var task = Open().Submit(slave => Pause.For(15_000, slave.Cancellation), new FutureOptions { Timeout = TimeSpan.FromMilliseconds(80) });
        Assert.That(FailureOf<CommandTimeoutException>(task).Timeout, Is.EqualTo(TimeSpan.FromMilliseconds(80)));
    }

    [Promise]
    public void A_waiting_future_is_cancelled_at_once()
    {
        var processor = Open(1);
        _ = processor.Submit(new AwaitSignalCommand(Signal("go"), 0, Signal("started")));
        Await("started");
        using var cancellation = new CancellationTokenSource();
        var trace = Signal("ran");
        var waiting = processor.Submit(() => File.WriteAllText(trace, "x"), cancellation: cancellation.Token);
        cancellation.Cancel();
        WaitFor(waiting.ContinueWith(_ => { }, TaskScheduler.Default), "The cancelled future, whose slave is still in another");
        Assert.That(waiting.IsCanceled, Is.True);
        Give("go");
        AssertUsable(processor);
        Assert.That(File.Exists(trace), Is.False);
    }

    [Promise]
    public void A_running_future_is_cancelled_through_its_token()
    {
        using var cancellation = new CancellationTokenSource();
        var started = Signal("started");
        var running = Open(1).Submit(
            slave =>
            {
                File.WriteAllText(started, "x");
                return Pause.For(15_000, slave.Cancellation);
            },
            cancellation: cancellation.Token);
        Await("started");
        cancellation.Cancel();
        FailureOf<OperationCanceledException>(running);
    }

    [Promise]
    public void A_group_ends_when_its_last_member_has()
    {
        var processor = Open();
        var members = Enumerable.Range(0, 20).Select(i => processor.Submit(() => i, new FutureOptions { Group = "a" })).ToArray();
        WaitFor(processor.WhenGroup("a"), "The group");
        Assert.That(members.All(member => member.IsCompletedSuccessfully), Is.True);
    }

    [Promise]
    public void A_group_does_not_wait_for_others()
    {
        var processor = Open(1);
        var quick = processor.Submit(() => 1, new FutureOptions { Group = "quick" });
        var slow = processor.Submit(new AwaitSignalCommand(Signal("go")), new FutureOptions { Group = "slow" });
        WaitFor(processor.WhenGroup("quick"), "The quick group");
        Assert.That((quick.IsCompleted, slow.IsCompleted), Is.EqualTo((true, false)));
        Give("go");
        WaitFor(processor.WhenGroup("slow"), "The slow group");
    }

    [Promise]
    public void A_group_nobody_is_in_ends_at_once() => Assert.That(Open().WhenGroup("nobody").IsCompletedSuccessfully, Is.True);

    [Promise]
    public void A_group_fails_with_its_member()
    {
        var processor = Open();
        var options = new FutureOptions { Group = "g" };
        var good = processor.Submit(() => 1, options);
        var bad = processor.Submit(Fail, options);
        FailureOf<SlaveCommandException>(processor.WhenGroup("g"));
        WaitFor(good, "The good one");
        Assert.That(bad.IsFaulted, Is.True);
    }

    [Promise]
    public void A_member_that_failed_before_is_told_once()
    {
        var processor = Open();
        FailureOf<SlaveCommandException>(processor.Submit(Fail, new FutureOptions { Group = "g" }));
        FailureOf<SlaveCommandException>(processor.WhenGroup("g"));
        WaitFor(processor.WhenGroup("g"), "The group");
        Assert.That(processor.WhenGroup("g").IsCompletedSuccessfully, Is.True);
    }

    [Promise]
    public void A_group_is_cancelled_whole()
    {
        var processor = Open(1);
        var started = Signal("started");
        var options = new FutureOptions { Group = "g" };
        var running = processor.Submit(new UntilCancelledCommand(started: started), options);
        var waiting = Enumerable.Range(0, 5).Select(i => processor.Submit(() => i, options)).ToArray();
        var outside = processor.Submit(() => 1);
        Await("started");
        processor.CancelGroup("g");
        foreach (var member in waiting.Append(running))
        {
            FailureOf<OperationCanceledException>(member);
        }

        WaitFor(outside, "One outside the group");
        Assert.That(outside.Result, Is.EqualTo(1));
    }

    [Promise]
    public void A_limited_group_is_never_wider_than_its_limit()
    {
        var processor = Open(3);
        processor.LimitGroup("narrow", 1);
        var folder = Folder;
        var members = Enumerable.Range(0, 12).Select(i => processor.Submit(() => Overlap.Count(folder, i, 5), new FutureOptions { Group = "narrow" })).ToArray();
        WaitFor(Task.WhenAll(members), "The group");
        Assert.That(members.Max(member => member.Result), Is.EqualTo(1));
    }

    [Promise]
    public void A_raised_limit_lets_more_go()
    {
        var processor = Open(2);
        processor.LimitGroup("g", 1);
        var folder = Folder;
        var pair = Enumerable.Range(0, 2).Select(i => processor.Submit(new MeetCommand(folder, i, Fabric.RunsAtOnce ? 2 : 1), new FutureOptions { Group = "g" })).ToArray();
        processor.LimitGroup("g", 2);
        WaitFor(Task.WhenAll(pair), "The pair");
        Assert.That(pair.All(member => member.IsCompletedSuccessfully), Is.True);
    }

    [Promise]
    public void A_limit_below_one_is_refused()
    {
        var processor = Open();
        Assert.Throws<ArgumentOutOfRangeException>(() => processor.LimitGroup("g", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => processor.LimitGroup("g", -1));
    }

    [Promise]
    public void A_failed_function_nobody_looked_at_makes_the_exit_code_one()
    {
        var processor = Open();
        WaitUntilEnded(processor.Submit(Fail, new FutureOptions { Group = "g" }));
        Assert.That(processor.ExitCodeFor(0), Is.EqualTo(1));
    }

    [Promise]
    public void Closing_cancels_what_still_waits_in_a_group()
    {
        var processor = Open(1);
        processor.LimitGroup("g", 1);
        var options = new FutureOptions { Group = "g" };
        var members = Enumerable.Range(0, 5).Select(_ => processor.Submit(new UntilCancelledCommand(), options)).ToArray();
        processor.Dispose();
        foreach (var member in members)
        {
            FailureOf<OperationCanceledException>(member);
        }
    }

    [Promise]
    public void A_callback_is_an_await()
    {
        var processor = Open();
        var done = Chain(processor);
        WaitFor(done, "The chain");
        Assert.That(done.Result, Is.EqualTo(30));
    }

    [Promise]
    public void Submitting_to_a_closed_processor_is_refused()
    {
        var processor = Open();
        processor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => _ = processor.Submit(() => 1));
        Assert.Throws<ObjectDisposedException>(() => _ = processor.Submit(() => 1, new FutureOptions { Group = "g" }));
    }

    private static async Task<int> Chain(Processor processor)
    {
        var value = 0;
        for (var i = 0; i < 30; i++)
        {
            value = await Next(processor, value).ConfigureAwait(false);
        }

        return value;
    }

    private static Task<int> Next(Processor processor, int value) => processor.Submit(() => value + 1);

    private static int Fail() => throw new InvalidOperationException("no");

    private static void WaitUntilEnded(Task task) => WaitUntil(() => task.IsCompleted, "The end of the future");

    /// <summary>Says something.</summary>
    public sealed class Labelled
    {
        /// <summary>Says it.</summary>
        public string Say() => "said";
    }
}
