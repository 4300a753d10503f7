using System;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

[TestFixture]
[NonParallelizable]
internal sealed class CancellationRaceTests
{
    [Test]
    public void Execute_returns_at_once_when_its_waiting_command_is_cancelled()
    {
        using var processor = Race.Open(slaves: 1);
        var busy = processor.Submit(new TakesTime(30_000, true));
        using var cancellation = new CancellationTokenSource(200);
        Race.Within(TimeSpan.FromSeconds(20), () => Assert.That(() => processor.Execute(new Nothing(), null, cancellation.Token), Throws.InstanceOf<OperationCanceledException>()));
        Assert.That(busy.IsCompleted, Is.False);
    }

    [Test]
    public void Outcome_and_status_agree_when_cancelling_races_with_dispatch()
    {
        using var processor = Race.Open();
        var contradictions = 0;
        for (var i = 0; i < 40_000; i++)
        {
            using var cancellation = new CancellationTokenSource();
            using var ready = new ManualResetEventSlim(false);
            var spins = i % 400;
            var cancelling = Task.Run(() =>
            {
                ready.Set();
                Thread.SpinWait(spins);
                cancellation.Cancel();
            });
            ready.Wait();
            var outcome = processor.SubmitForOutcome(new Nothing(), null, cancellation.Token).GetAwaiter().GetResult();
            cancelling.Wait();
            contradictions += outcome.IsDone != (outcome.Command.Status == CommandStatus.Done) ? 1 : 0;
        }

        Assert.That(contradictions, Is.Zero);
    }

    [Test]
    public void The_token_of_a_run_cancels_that_run_alone()
    {
        using var processor = Race.Open();
        var future = processor.Submit(new TakesTime(800, true));
        using var cancellation = new CancellationTokenSource(100);
        processor.AddToQueue(new TakesTime(30_000, true));
        Assert.That(() => processor.RunQueue(cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(future.GetAwaiter().GetResult(), Is.EqualTo(800));
    }

    [Test]
    public void A_run_whose_commands_were_cancelled_says_so()
    {
        using var processor = Race.Open(slaves: 1);
        var silent = 0;
        for (var i = 0; i < 15_000; i++)
        {
            var applied = 0;
            for (var k = 0; k < 20; k++)
            {
                processor.AddToQueue(new Nothing(), _ => applied++);
            }

            using var ready = new ManualResetEventSlim(false);
            var spins = i % 200;
            var cancelling = Task.Run(() =>
            {
                ready.Set();
                Thread.SpinWait(spins);
                processor.Cancel("the test");
            });
            ready.Wait();
            try
            {
                processor.RunQueue();
                silent += applied < 20 ? 1 : 0;
            }
            catch (OperationCanceledException)
            {
                applied = 20; // What is asked for: it says that it was cancelled.
            }

            cancelling.Wait();
        }

        Assert.That(silent, Is.Zero);
    }
}
