using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>What a processor tells of its work: statistics slave by slave, and progress.</summary>
public abstract class ObservationFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void Every_execution_is_counted_at_its_slave()
    {
        var processor = Open(2);
        for (var i = 0; i < 40; i++)
        {
            processor.AddToQueue(new EchoCommand(i));
        }

        processor.RunQueue();
        var slaves = processor.Statistics.Slaves;
        Assert.That((slaves.Sum(slave => slave.Commands), slaves.Sum(slave => slave.Attempts)), Is.EqualTo((40L, 40L)));
        Assert.That(slaves.Where(slave => slave.Commands > 0).All(slave => slave is { Busy.Ticks: > 0, BytesSent: > 0, BytesReceived: > 0, Messages: > 1 }), Is.True);
        Assert.That(slaves.Sum(slave => slave.Restarts), Is.Zero);
    }

    [Promise]
    public void A_failed_execution_is_counted_too()
    {
        var processor = Open(1, new ProcessorOptions { ErrorPolicy = ErrorPolicy.Continue });
        processor.AddToQueue(new EchoCommand(1));
        processor.AddToQueue(new ThrowCommand("no"));
        Assert.Throws<AggregateException>(() => processor.RunQueue());
        var statistics = processor.Statistics;
        Assert.That((statistics.Done, statistics.Failed, statistics.Slaves.Sum(slave => slave.Attempts)), Is.EqualTo((1L, 1L, 2L)));
    }

    [Promise]
    public void Time_in_commands_and_time_waiting_for_them_are_told_apart()
    {
        var processor = Open(1);
        var took = TimeOf(() => processor.Execute(new WorkCommand(100)));
        var working = processor.Statistics.Slaves[0];
        Assert.That(working.Busy, Is.InRange(TimeSpan.FromMilliseconds(90), took));
        Pause.For(100);
        var later = processor.Statistics.Slaves[0];
        Assert.That((later.Idle - working.Idle).TotalMilliseconds, Is.GreaterThan(90));
        Assert.That(later.Busy, Is.EqualTo(working.Busy));
    }

    [Promise]
    public void Arrays_are_counted_with_the_messages_they_travel_beside()
    {
        var processor = Open(1);
        var before = processor.Statistics.Slaves[0];
        processor.Execute(new EchoCommand<double[]>(new double[100_000]));
        var after = processor.Statistics.Slaves[0];
        Assert.That(after.BytesSent - before.BytesSent, Is.InRange(800_000, 900_000));
        Assert.That(after.BytesReceived - before.BytesReceived, Is.InRange(800_000, 900_000));
    }

    [Promise]
    public void What_runs_and_what_waits_is_counted_while_it_does()
    {
        var processor = Open(1);
        var first = processor.Submit(new AwaitSignalCommand(Signal("go"), 0, Signal("started")));
        Await("started");
        var others = Enumerable.Range(0, 5).Select(i => processor.Submit(new EchoCommand(i))).ToArray();
        var during = processor.Statistics;
        Give("go");
        foreach (var one in others.Append(first))
        {
            WaitFor(one, "A command");
        }

        Assert.That((during.Queued, during.Done), Is.EqualTo((6L, 0L)));
        Assert.That(during.Running, Is.InRange(1, 6));
        WaitUntil(() => processor.Statistics is { Running: 0, Done: 6 }, "The last count");
    }

    [Promise(Seconds = 60)]
    public void A_slave_that_dies_costs_an_execution_and_its_seat_is_restarted()
    {
        var processor = Open(2);
        if (Traits.SharedMemory || !Traits.ReplacesSlaves)
        {
            processor.Execute(new EchoCommand(1));
            Assert.That(processor.Statistics.Slaves.Select(slave => slave.Restarts), Is.All.Zero, "No command may kill a slave here.");
            return;
        }

        FailureOf<SlaveLostException>(processor.Submit(() => Environment.Exit(3), new FutureOptions { MaxAttempts = 2 }));
        WaitUntil(() => processor.Statistics.Slaves.Sum(slave => slave.Restarts) == 2, "Two restarts");
        var statistics = processor.Statistics;
        Assert.That((statistics.SlavesLost, statistics.Retried, statistics.Failed), Is.EqualTo((2, 1L, 1L)));
        Assert.That((statistics.Slaves.Sum(slave => slave.Attempts), statistics.Slaves.Sum(slave => slave.Commands)), Is.EqualTo((2L, 0L)));
    }

    [Promise]
    public void Progress_of_a_processor_ends_with_all_that_was_done()
    {
        var told = new ProgressListener();
        var processor = Open(2, new ProcessorOptions { Progress = told, ProgressPeriod = TimeSpan.FromMilliseconds(5), ErrorPolicy = ErrorPolicy.Continue });
        for (var i = 0; i < 20; i++)
        {
            processor.AddToQueue(i == 7 ? new ThrowCommand("no") : new EchoCommand(i));
        }

        Assert.Throws<AggregateException>(() => processor.RunQueue());
        processor.Dispose();
        Assert.That(told.Last, Is.EqualTo(new WorkProgress(20, false, 19, 1, 0, 0, told.Last.Elapsed)));
        var count = told.Count;
        Pause.For(30);
        Assert.That(told.Count, Is.EqualTo(count), "Nothing after the end.");
    }

    [Promise]
    public void Progress_is_told_while_commands_run()
    {
        var told = new ProgressListener();
        var processor = Open(1, new ProcessorOptions { Progress = told, ProgressPeriod = TimeSpan.FromMilliseconds(5) });
        var waiting = processor.Submit(new AwaitSignalCommand(Signal("go")));
        WaitUntil(() => told.All.Any(p => p is { Total: 1, Running: 1, Queued: 0, Done: 0 }), "Word of the running command");
        Give("go");
        WaitFor(waiting, "The command");
        WaitUntil(() => told.Last is { Total: 1, Done: 1, Running: 0 }, "Word of its end");
    }

    [Promise]
    public void Progress_is_told_one_call_at_a_time_and_no_more_often_than_asked()
    {
        var told = new ProgressListener { Milliseconds = 5 };
        var start = Stopwatch.GetTimestamp();
        Open(2).Map(Enumerable.Range(0, 200).ToArray(), x => Work(x), new MapOptions { Progress = told, ProgressPeriod = TimeSpan.FromMilliseconds(20), ChunkSize = 5 }).Wait();
        WaitUntil(() => told.Last.Done == 200, "The last word");
        var most = (Stopwatch.GetElapsedTime(start).TotalMilliseconds / 20) + 2;
        Assert.That(told.Overlaps, Is.Zero);
        Assert.That(told.Count, Is.InRange(1, most));
    }

    [Promise]
    public void Progress_of_a_map_counts_its_items()
    {
        var told = new ProgressListener();
        var results = Open(2).Map(Enumerable.Range(0, 300).ToArray(), x => x == 111 ? throw new FormatException("no") : x, new MapOptions { Progress = told });
        results.Wait();
        Assert.That(results.FailureAt(111), Is.Not.Null);
        WaitUntil(() => told.Count > 0 && told.Last.Ended == 300, "The last word");
        Assert.That(told.Last, Is.EqualTo(new WorkProgress(300, true, 299, 1, 0, 0, told.Last.Elapsed)));
    }

    [Promise]
    public void Progress_of_a_lazy_map_grows_with_what_it_has_read()
    {
        var told = new ProgressListener();
        var sum = 0;
        foreach (var value in Open(2).Map(Enumerable.Range(0, 200).Where(x => x >= 0), x => x, new MapOptions { Progress = told, ProgressPeriod = TimeSpan.FromMilliseconds(1), Window = 20 }))
        {
            sum += value;
            if (value == 100)
            {
                WaitUntil(() => told.All.Any(p => !p.TotalIsKnown && p.Total is > 100 and <= 121), "Word from the middle");
            }
        }

        WaitUntil(() => told.Last is { TotalIsKnown: true, Total: 200, Done: 200 }, "The last word");
        Assert.That(sum, Is.EqualTo(19_900));
        Assert.That(told.All.Zip(told.All.Skip(1)).All(pair => pair.First.Total <= pair.Second.Total && pair.First.Done <= pair.Second.Done), Is.True, "Never back.");
    }

    [Promise]
    public void Progress_of_a_cancelled_map_tells_what_was_cancelled()
    {
        var told = new ProgressListener();
        var results = Open(1).Map(Enumerable.Range(0, 50).ToArray(), (x, slave) => x == 20 ? StayUntilCancelled(slave) : x, new MapOptions { Progress = told, ChunkSize = 10 });
        Assert.That(results[9], Is.EqualTo(9));
        results.Cancel();
        WaitUntil(() => told.Count > 0 && told.Last.Ended == 50, "The last word");
        Assert.That(told.Last.Failed, Is.Zero);
        Assert.That(told.Last.Cancelled, Is.InRange(30, 40), "Whoever was at the twentieth did not finish its block.");
    }

    [Promise]
    public void A_listener_that_throws_is_told_nothing_more_and_stops_nothing()
    {
        var calls = 0;
        var listener = new ProgressListener { Told = () => throw new InvalidOperationException($"call {Interlocked.Increment(ref calls)}") };
        var processor = Open(1);
        Assert.That(processor.Map(Enumerable.Range(0, 60).ToArray(), x => Work(x), new MapOptions { Progress = listener, ProgressPeriod = TimeSpan.FromMilliseconds(1) }).Sum(), Is.EqualTo(1770));
        WaitUntil(() => Volatile.Read(ref calls) > 0, "The first word");
        AssertUsable(processor);
        Assert.That(calls, Is.EqualTo(1));
    }

    [Promise]
    public void A_period_of_nothing_is_refused()
    {
        var processor = Open(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => processor.Map([1], x => x, new MapOptions { ProgressPeriod = TimeSpan.Zero }));
        Assert.That(Assert.Catch<ArgumentException>(() => Open(1, new ProcessorOptions { ProgressPeriod = TimeSpan.Zero }))!.Message, Does.Contain("ProgressPeriod"));
    }

    private static int Work(int x)
    {
        Pause.For(1);
        return x;
    }

    private static int StayUntilCancelled(ISlaveContext slave)
    {
        Pause.For(15_000, slave.Cancellation);
        slave.Cancellation.ThrowIfCancellationRequested();
        return 0;
    }
}
