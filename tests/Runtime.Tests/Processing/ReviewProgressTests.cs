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
internal sealed class ReviewProgressTests
{
    [TestCase("thread")]
    [TestCase("uni")]
    public void A_command_after_an_idle_second_has_all_of_its_time(string fabric)
    {
        using var processor = Review.Open(fabric, 1);
        processor.Execute(new ReviewNothing());
        Thread.Sleep(1200); // The slave idles for longer than the timeout below.
        var outcome = processor.SubmitForOutcome(new ReviewWait(50, false), new CommandOptions { Timeout = TimeSpan.FromSeconds(1) }).GetAwaiter().GetResult();
        Assert.That(outcome.Command.Status, Is.EqualTo(CommandStatus.Done));
        Assert.That(outcome.Command.Duration.TotalMilliseconds, Is.LessThan(500));
    }

    [Test]
    public void A_run_beside_a_long_Execute_of_another_thread_goes_on()
    {
        using var processor = Review.Open();
        var other = new Thread(() => processor.Execute(new ReviewWait(3000, false)));
        other.Start();
        Assert.That(SpinWait.SpinUntil(() => processor.GetStatistics().Queued == 1, 1000), Is.True);
        Thread.Sleep(50); // It holds the baton now.
        for (var i = 0; i < 10; i++)
        {
            processor.AddToQueue(new ReviewNothing(), _ => { });
        }

        var clock = Stopwatch.StartNew();
        processor.RunQueue();
        var took = clock.ElapsedMilliseconds;
        other.Join();
        Assert.That(took, Is.LessThan(1000));
    }

    [Test]
    public void A_result_command_of_a_future_may_wait_for_another_future() =>
        Review.Within(TimeSpan.FromSeconds(5), () => Review.Open().Submit(new ReviewReturns(1)).GetAwaiter().GetResult());

    [Test]
    public void A_result_command_of_Execute_may_wait_for_a_future() =>
        Review.Within(TimeSpan.FromSeconds(5), () => Review.Open().Execute(new ReviewReturns(1)));

    [Test]
    public void Futures_end_though_every_thread_of_the_pool_waits_for_one()
    {
        using var processor = Review.Open();
        processor.Execute(new ReviewNothing());
        var clock = Stopwatch.StartNew();
        Task.WaitAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => processor.Submit(new ReviewNothing()).Result)).ToArray<Task>());
        Assert.That(clock.Elapsed.TotalSeconds, Is.LessThan(5));
    }

    [Test]
    public void What_another_thread_queues_at_the_end_of_a_run_is_not_lost()
    {
        using var processor = Review.Open();
        var added = 0;
        var applied = 0;
        var adder = new Thread(() =>
        {
            for (; added < 50_000; added++)
            {
                processor.AddToQueue(new ReviewNothing(), _ => applied++);
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
        using var processor = Review.Open();
        processor.Execute(new ReviewNothing());
        var busy = processor.Submit(new ReviewWait(1000, false));
        var before = processor.GetStatistics().Slaves.Sum(slave => slave.Messages);
        processor.ExecuteOnEverySlave(new ReviewNothing());
        busy.GetAwaiter().GetResult();
        Assert.That(processor.GetStatistics().Slaves.Sum(slave => slave.Messages) - before, Is.LessThan(50));
    }

    [Test]
    public void A_flood_ends_its_command()
    {
        using var processor = Review.Open(options: new ProcessorOptions { MaxOutput = 1 << 20, Grace = TimeSpan.FromMilliseconds(300) });
        var flood = processor.SubmitForOutcome(new ReviewFlood());
        Assert.That(flood.Wait(TimeSpan.FromSeconds(5)), Is.True);
        Assert.That(flood.Result.Command.Status, Is.EqualTo(CommandStatus.Failed));
    }
}
