using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

[TestFixture]
[NonParallelizable]
internal sealed class EndingRaceTests
{
    [Test]
    public void Execute_ends_when_the_processor_is_disposed_under_a_command_that_ignores_it()
    {
        var processor = Race.Open(slaves: 1, options: new ProcessorOptions { Grace = TimeSpan.FromMilliseconds(300) });
        Exception? thrown = null;
        var executing = new Thread(() =>
        {
            try
            {
                processor.Execute(new TakesTime(60_000, false));
            }
            catch (Exception exception)
            {
                thrown = exception; // Belongs to the test's own thread, which looks at it below.
            }
        })
        { IsBackground = true };
        executing.Start();
        Race.AwaitBegun();
        processor.Dispose();
        Assert.That(executing.Join(20_000), Is.True);
        Assert.That(thrown, Is.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void Dispose_on_uni_returns_though_the_pump_is_inside_a_command_that_ignores_it()
    {
        var processor = Race.Open("uni", 1, new ProcessorOptions { Grace = TimeSpan.FromMilliseconds(300) });
        var submitted = processor.Submit(new TakesTime(60_000, false));
        Race.AwaitBegun(); // On the pump.
        Race.Within(TimeSpan.FromSeconds(20), processor.Dispose);
        Assert.That(submitted.IsCompletedSuccessfully, Is.False);
    }

    [Test]
    public void Every_future_ends_when_submitting_races_with_Dispose()
    {
        var open = 0;
        for (var round = 0; round < 60; round++)
        {
            var processor = Race.Open(slaves: 1, options: new ProcessorOptions { Grace = TimeSpan.FromMilliseconds(300) });
            var futures = new List<Task>();
            var threads = Enumerable.Range(0, 2).Select(_ => new Thread(() => SubmitUntilDisposed(processor, futures))).ToArray();
            Array.ForEach(threads, thread => thread.Start());
            Thread.Sleep(5); // Anywhere in their midst will do: the two race.
            processor.Dispose();
            Array.ForEach(threads, thread => thread.Join());
            SpinWait.SpinUntil(() => futures.TrueForAll(future => future.IsCompleted), 2000);
            open += futures.Count(future => !future.IsCompleted);
        }

        Assert.That(open, Is.Zero);
    }

    [Test]
    public void A_slave_whose_loop_fails_gets_a_successor()
    {
        var processor = Race.Open();
        var futures = Enumerable.Range(0, 6).Select(_ => processor.SubmitForOutcome(new ChangingValue())).ToArray<Task>();
        Assert.That(Task.WaitAll(futures, TimeSpan.FromSeconds(15)), Is.True);
        Assert.That(processor.Submit(new Nothing()).Wait(TimeSpan.FromSeconds(20)), Is.True);
        processor.Dispose();
    }

    [Test]
    public void A_pinned_command_behind_a_stuck_one_runs_on_the_successor()
    {
        using var processor = Race.Open(slaves: 1, options: new ProcessorOptions { Grace = TimeSpan.FromMilliseconds(200) });
        processor.Execute(new Nothing());
        var stuck = processor.SubmitForOutcome(new TakesTime(30_000, false), new CommandOptions { Timeout = TimeSpan.FromMilliseconds(200) });
        var values = processor.ExecuteOnEverySlave(new Nothing());
        Assert.That(values, Has.Count.EqualTo(1));
        Assert.That(stuck.GetAwaiter().GetResult().Command.Status, Is.EqualTo(CommandStatus.TimedOut));
    }

    [Test]
    public void A_failure_of_ExecuteOnEverySlave_that_was_handled_is_not_an_unseen_one()
    {
        using var processor = Race.Open(slaves: 3);
        Assert.That(() => processor.ExecuteOnEverySlave(new Fails()), Throws.InstanceOf<SlaveCommandException>());
        SpinWait.SpinUntil(() => processor.Statistics.Failed == 3, 2000);
        Assert.That(processor.ExitCodeFor(0), Is.Zero);
    }

    private static void SubmitUntilDisposed(Processor processor, List<Task> futures)
    {
        try
        {
            while (true)
            {
                var future = processor.Submit(new Nothing());
                lock (futures)
                {
                    futures.Add(future);
                }
            }
        }
        catch (ObjectDisposedException)
        {
            return; // What ends this loop.
        }
    }
}
