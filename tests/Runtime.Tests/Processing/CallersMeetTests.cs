using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

[TestFixture]
[NonParallelizable]
internal sealed class CallersMeetTests
{
    [TestCase("thread")]
    [TestCase("uni")]
    public void A_command_after_an_idle_second_has_all_of_its_time(string fabric)
    {
        using var processor = Race.Open(fabric, 1);
        processor.Execute(new Nothing());
        Thread.Sleep(1200); // The slave idles for longer than the timeout below.
        var clock = Stopwatch.StartNew();
        var outcome = processor.SubmitForOutcome(new TakesTime(50, false), new CommandOptions { Timeout = TimeSpan.FromSeconds(1) }).GetAwaiter().GetResult();
        var elapsed = clock.Elapsed;
        Assert.That(outcome.Command.Duration, Is.LessThanOrEqualTo(elapsed));
        Assert.That(outcome.Command.Status == CommandStatus.Done || elapsed >= TimeSpan.FromSeconds(1), Is.True, $"{outcome.Command.Status} after {elapsed}");
    }

    [Test]
    public void A_run_beside_a_long_Execute_of_another_thread_goes_on()
    {
        using var processor = Race.Open();
        using var enough = new CancellationTokenSource();
        var other = new Thread(() =>
        {
            try
            {
                processor.Execute(new TakesTime(30_000, true), null, enough.Token);
            }
            catch (OperationCanceledException)
            {
                return; // As this test ends it.
            }
        })
        { IsBackground = true };
        other.Start();
        Race.AwaitBegun();
        for (var i = 0; i < 10; i++)
        {
            processor.AddToQueue(new Nothing(), _ => { });
        }

        processor.RunQueue();
        var stillRuns = other.IsAlive;
        enough.Cancel();
        other.Join();
        Assert.That(stillRuns, Is.True);
    }

    [Test]
    public void A_result_command_of_a_future_may_wait_for_another_future() =>
        Race.Within(TimeSpan.FromSeconds(20), () => Race.Open().Submit(new ReturnsResult(1)).GetAwaiter().GetResult());

    [Test]
    public void A_result_command_of_Execute_may_wait_for_a_future() =>
        Race.Within(TimeSpan.FromSeconds(20), () => Race.Open().Execute(new ReturnsResult(1)));

    [Test]
    public void Futures_end_though_every_thread_of_the_pool_waits_for_one()
    {
        using var processor = Race.Open();
        processor.Execute(new Nothing());
        var shortest = double.MaxValue;
        for (var tries = 0; tries < 3 && shortest >= 5; tries++)
        {
            var waiting = ThreadPool.ThreadCount + 64; // A try before this one may have made the pool large.
            var clock = Stopwatch.StartNew();
            Task.WaitAll(Enumerable.Range(0, waiting).Select(_ => Task.Run(() => processor.Submit(new Nothing()).Result)).ToArray<Task>());
            shortest = Math.Min(shortest, clock.Elapsed.TotalSeconds);
        }

        Assert.That(shortest, Is.LessThan(5));
    }

    [Test]
    public void What_another_thread_queues_at_the_end_of_a_run_is_not_lost()
    {
        using var processor = Race.Open();
        var added = 0;
        var applied = 0;
        var adder = new Thread(() =>
        {
            for (; added < 50_000; added++)
            {
                processor.AddToQueue(new Nothing(), _ => applied++);
                Thread.SpinWait(200);
            }
        });
        adder.Start();
        while (adder.IsAlive)
        {
            processor.RunQueue();
        }

        processor.RunQueue();
        Assert.That(applied, Is.EqualTo(added));
    }

    [Test]
    public void A_pinned_command_is_not_thrown_to_and_fro_behind_a_long_one()
    {
        using var processor = Race.Open();
        processor.Execute(new Nothing());
        var busy = processor.Submit(new TakesTime(1000, false));
        var before = processor.Statistics.Slaves.Sum(slave => slave.Messages);
        processor.ExecuteOnEverySlave(new Nothing());
        busy.GetAwaiter().GetResult();
        Assert.That(processor.Statistics.Slaves.Sum(slave => slave.Messages) - before, Is.LessThan(50));
    }

    [Test]
    public void A_flood_ends_its_command()
    {
        using var processor = Race.Open(options: new ProcessorOptions { MaxOutput = 1 << 20, Grace = TimeSpan.FromMilliseconds(300) });
        var flood = processor.SubmitForOutcome(new Floods());
        Assert.That(flood.Wait(TimeSpan.FromSeconds(20)), Is.True);
        Assert.That(flood.Result.Command.Status, Is.EqualTo(CommandStatus.Failed));
    }
}
