using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 11: the exit code is the application's, failure is never 0, and a processor ends in bounded time whatever it does.</summary>
public abstract class EndingFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void Disposing_twice_is_disposing_once()
    {
        var processor = Open();
        processor.Execute(new SilentCommand());
        processor.Dispose();
        Assert.DoesNotThrow(processor.Dispose);
    }

    [Promise]
    public void Disposing_runs_nothing_that_is_queued()
    {
        var processor = Open();
        processor.AddToQueue(new GiveSignalCommand(Signal("ran")));
        processor.Dispose();
        Assert.That(File.Exists(Signal("ran")), Is.False);
    }

    [Promise]
    public void Disposing_while_a_command_runs_ends_its_future()
    {
        var processor = Open(1, new ProcessorOptions { Grace = TimeSpan.FromMilliseconds(100) });
        var task = processor.Submit(new UntilCancelledCommand(Reaction.Throw, 10_000, Signal("started")));
        Await("started");
        processor.Dispose();
        WaitFor(task, "The future");
        Assert.That(task.IsFaulted || task.IsCanceled, Is.True);
    }

    [Promise]
    public void Disposing_ends_the_futures_of_commands_that_wait()
    {
        var processor = Open(1);
        var tasks = Enumerable.Range(0, 50).Select(_ => processor.Submit(new UntilCancelledCommand(Reaction.Throw, 50))).ToArray();
        processor.Dispose();
        foreach (var task in tasks)
        {
            WaitFor(task, "A future");
        }

        Assert.That(tasks.All(task => task.IsCompleted), Is.True);
    }

    [Promise]
    public void A_disposed_processor_says_so()
    {
        var processor = Open();
        processor.Dispose();
        Assert.Throws<ObjectDisposedException>(() => processor.AddToQueue(new SilentCommand()));
        Assert.Throws<ObjectDisposedException>(() => processor.RunQueue());
        Assert.Throws<ObjectDisposedException>(() => processor.Execute(new SilentCommand()));
    }

    [Promise(Seconds = 120)]
    public void Processors_follow_one_another()
    {
        for (var i = 0; i < 20; i++)
        {
            var processor = Open();
            Assert.That(processor.Execute(new EchoCommand(i)), Is.EqualTo(i));
            processor.Dispose();
        }
    }

    [Promise]
    public void A_processor_that_never_ran_anything_ends_at_once()
    {
        var processor = Open(3);
        Assert.That(TimeOf(processor.Dispose).TotalSeconds, Is.LessThan(10));
    }

    [Promise]
    [TwoSlaves]
    public void Two_processors_at_once_know_nothing_of_each_other()
    {
        var first = Open(1);
        var second = Open(1);
        first.SendData("name", "first");
        second.SendData("name", "second");
        first.AddToQueue(new EchoCommand(1));
        Assert.That((first.Execute(new GetDataCommand<string>("name")), second.Execute(new GetDataCommand<string>("name"))), Is.EqualTo(("first", "second")));
        Assert.That((first.QueuedCount, second.QueuedCount), Is.EqualTo((1, 0)));
        second.Dispose();
        first.RunQueue();
        Assert.That(first.Statistics.Done, Is.EqualTo(2));
    }

    [Promise]
    public void The_current_processor_is_the_last_one_opened()
    {
        var processor = Open();
        Assert.That(Processor.Current, Is.SameAs(processor));
    }

    [Promise]
    public void Without_a_processor_there_is_no_current_one()
    {
        var processor = Open();
        processor.Dispose();
        Assert.Throws<InvalidOperationException>(() => _ = Processor.Current);
    }

    [Promise]
    public void Aborting_ends_what_runs()
    {
        var processor = Open(1);
        var task = processor.Submit(new UntilCancelledCommand(Reaction.Throw, 8000, Signal("started")));
        Await("started");
        processor.Abort();
        WaitFor(task, "The future");
        Assert.That(task.IsFaulted || task.IsCanceled, Is.True);
    }

    [Promise]
    public void Aborting_from_another_thread_ends_a_run()
    {
        var processor = Open(1);
        processor.AddToQueue(new UntilCancelledCommand(Reaction.Throw, 8000, Signal("started")));
        processor.AddToQueue(new UntilCancelledCommand(Reaction.Throw, 8000));
        var watcher = Task.Run(() =>
        {
            Await("started");
            processor.Abort();
        });
        Assert.Catch(() => processor.RunQueue());
        WaitFor(watcher, "The watcher");
    }

    [Promise]
    public void An_exception_of_the_application_does_not_keep_the_processor_from_ending()
    {
        var processor = Open();
        processor.AddToQueue(new EchoCommand(1), _ => throw new InvalidOperationException("in the application"));
        Assert.Throws<InvalidOperationException>(() => processor.RunQueue());
        Assert.That(TimeOf(processor.Dispose).TotalSeconds, Is.LessThan(10));
    }

    [Promise]
    public void A_processor_that_runs_much_keeps_its_numbers_straight()
    {
        var processor = Open(3);
        for (var run = 0; run < 10; run++)
        {
            processor.RunQueue(Enumerable.Range(0, 100).Select(i => new EchoCommand(i)));
        }

        var statistics = processor.Statistics;
        Assert.That((statistics.Queued, statistics.Done, statistics.SlavesLost, statistics.Retried), Is.EqualTo((1000L, 1000L, 0, 0L)));
    }
}
