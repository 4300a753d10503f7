using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 4: a run fails fast or goes on; after either the queue is empty, the processor usable, and nothing stale ever surfaces.</summary>
public abstract class ErrorPolicyFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    private static readonly ProcessorOptions Continuing = new() { ErrorPolicy = ErrorPolicy.Continue };

    [Promise]
    public void Failing_fast_throws_the_first_failure_itself()
    {
        var processor = Open(1);
        processor.AddToQueue(new EchoCommand(1));
        processor.AddToQueue(new ThrowCommand("first"));
        processor.AddToQueue(new ThrowCommand("second"));
        Assert.That(Assert.Throws<SlaveCommandException>(() => processor.RunQueue())!.RemoteMessage, Is.EqualTo("first"));
    }

    [Promise]
    public void Failing_fast_cancels_what_was_not_handed_out()
    {
        var processor = Open(1, new ProcessorOptions { Chunking = Chunking.Each });
        processor.AddToQueue(new ThrowCommand("no"));
        var rest = Enumerable.Range(0, 1000).Select(i => processor.AddToQueue(new LeaveTraceCommand(Folder, i))).ToArray();
        Assert.Throws<SlaveCommandException>(() => processor.RunQueue());
        Assert.That(rest[^1].Status, Is.EqualTo(CommandStatus.Cancelled));
        Assert.That(rest.All(command => command.Status is CommandStatus.Done or CommandStatus.Cancelled), Is.True, "Every command has an outcome.");
        Assert.That(Directory.GetFiles(Folder), Has.Length.LessThan(500));
    }

    [Promise]
    public void Failing_fast_leaves_an_empty_queue_and_a_usable_processor()
    {
        var processor = Open(2);
        for (var i = 0; i < 50; i++)
        {
            processor.AddToQueue(new ThrowCommand($"{i}"));
        }

        Assert.Throws<SlaveCommandException>(() => processor.RunQueue());
        AssertUsable(processor);
    }

    [Promise]
    public void Failing_fast_lets_what_runs_end()
    {
        var processor = Open(2, new ProcessorOptions { Chunking = Chunking.Each, Grace = TimeSpan.FromSeconds(10) });
        var runs = Fabric.RunsAtOnce;
        if (runs)
        {
            processor.AddToQueue(new UntilCancelledCommand(Reaction.Return, 500, Signal("started"), Signal("ended")));
            processor.AddToQueue(new AwaitSignalCommand(Signal("started")));
        }

        processor.AddToQueue(new ThrowCommand("no"));
        Assert.Throws<SlaveCommandException>(() => processor.RunQueue());
        Assert.That(File.Exists(Signal("started")), Is.EqualTo(File.Exists(Signal("ended"))), "What had started has ended.");
        AssertUsable(processor);
    }

    [Promise]
    public void Results_that_came_before_the_failure_are_applied()
    {
        var processor = Open(1, new ProcessorOptions { Chunking = Chunking.Each });
        var values = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            processor.AddToQueue(new EchoCommand(i), values.Add);
        }

        processor.AddToQueue(new ThrowCommand("no"));
        Assert.Throws<SlaveCommandException>(() => processor.RunQueue());
        Assert.That(values, Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Promise]
    public void Going_on_runs_all_and_throws_every_failure()
    {
        var processor = Open(2, Continuing);
        var values = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            if (i % 4 == 0)
            {
                processor.AddToQueue(new ThrowCommand($"{i}"));
            }
            else
            {
                processor.AddToQueue(new EchoCommand(i), values.Add);
            }
        }

        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions.Cast<SlaveCommandException>();
        Assert.That(failures.Select(failure => failure.RemoteMessage), Is.EquivalentTo(Enumerable.Range(0, 10).Select(i => $"{i * 4}")));
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 40).Where(i => i % 4 != 0)));
    }

    [Promise]
    public void Going_on_throws_an_aggregate_also_for_one_failure()
    {
        var processor = Open(1, Continuing);
        processor.AddToQueue(new ThrowCommand("only"));
        var failure = Assert.Throws<AggregateException>(() => processor.RunQueue())!;
        Assert.That(((SlaveCommandException)failure.InnerExceptions.Single()).RemoteMessage, Is.EqualTo("only"));
    }

    [Promise]
    public void Going_on_leaves_an_empty_queue_and_a_usable_processor()
    {
        var processor = Open(2, Continuing);
        for (var i = 0; i < 20; i++)
        {
            processor.AddToQueue(new ThrowCommand($"{i}"));
        }

        Assert.Throws<AggregateException>(() => processor.RunQueue());
        AssertUsable(processor);
    }

    [Promise]
    public void Going_on_without_a_failure_throws_nothing()
    {
        var processor = Open(2, Continuing);
        processor.AddToQueue(new EchoCommand(1));
        Assert.DoesNotThrow(() => processor.RunQueue());
    }

    [Promise]
    public void Going_on_gathers_failures_of_every_kind()
    {
        var processor = Open(1, Continuing);
        processor.AddToQueue(new ThrowCommand("thrown"));
        processor.AddToQueue(new UntilCancelledCommand(), options: new CommandOptions { Timeout = TimeSpan.FromMilliseconds(50) });
        processor.AddToQueue(new ReturnUnserialisableCommand());
        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions;
        Assert.That(failures.Select(failure => failure.GetType()), Is.EquivalentTo(new[] { typeof(SlaveCommandException), typeof(CommandTimeoutException), typeof(SlaveCommandException) }));
    }

    [Promise]
    public void Nothing_of_a_failed_run_surfaces_in_the_next()
    {
        var processor = Open(2);
        for (var run = 0; run < 10; run++)
        {
            var old = 0;
            processor.AddToQueue(new ThrowCommand($"{run}"));
            for (var i = 0; i < 50; i++)
            {
                processor.AddToQueue(new EchoCommand(-1), _ => old++);
            }

            Assert.Throws<SlaveCommandException>(() => processor.RunQueue());
            var before = old;
            AssertUsable(processor);
            Assert.That(old, Is.EqualTo(before), "No result of the failed run came late.");
        }
    }

    [Promise]
    public void A_failed_future_does_not_disturb_a_queued_run()
    {
        var processor = Open(2);
        var future = processor.Submit(new ThrowCommand("alone"));
        var values = new List<int>();
        for (var i = 0; i < 50; i++)
        {
            processor.AddToQueue(new EchoCommand(i), values.Add);
        }

        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 50)));
        Assert.That(FailureOf<SlaveCommandException>(future).RemoteMessage, Is.EqualTo("alone"));
    }

    [Promise]
    public void A_failing_command_does_not_end_its_slave()
    {
        var processor = Open(1);
        for (var i = 0; i < 20; i++)
        {
            Assert.Throws<SlaveCommandException>(() => processor.Execute(new ThrowCommand("again")));
        }

        Assert.That((processor.Execute(new FactsCommand()).Rank, processor.Statistics.SlavesLost), Is.EqualTo((1, 0)));
    }
}
