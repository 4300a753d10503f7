using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 0: whoever waits drives the loop, and while nobody waits somebody else does: nothing dead-locks, nothing stands still.</summary>
public abstract class ProgressFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_handler_may_wait_for_a_future()
    {
        var processor = Open(2);
        var values = new List<int>();
        for (var i = 0; i < 5; i++)
        {
            processor.AddToQueue(new EchoCommand(i), value => values.Add(processor.Submit(new EchoCommand(value * 10)).Result));
        }

        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(new[] { 0, 10, 20, 30, 40 }));
    }

    [Promise]
    public void A_handler_may_wait_for_many_futures()
    {
        var processor = Open(2);
        var sum = 0;
        processor.AddToQueue(new EchoCommand(1), _ =>
        {
            var tasks = Enumerable.Range(0, 20).Select(i => processor.Submit(new EchoCommand(i))).ToArray();
            Task.WaitAll(tasks);
            sum = tasks.Sum(task => task.Result);
        });
        processor.RunQueue();
        Assert.That(sum, Is.EqualTo(190));
    }

    [Promise]
    public void A_handler_may_execute_a_command()
    {
        var processor = Open(2);
        var value = 0;
        processor.AddToQueue(new EchoCommand(1), _ => value = processor.Execute(new EchoCommand(7)));
        processor.RunQueue();
        Assert.That(value, Is.EqualTo(7));
    }

    [Promise]
    public void A_handler_may_start_an_asynchronous_method_and_wait_for_it()
    {
        var processor = Open(2);
        var value = 0;
        processor.AddToQueue(new EchoCommand(1), _ => value = Twice(processor, 21).GetAwaiter().GetResult());
        processor.RunQueue();
        Assert.That(value, Is.EqualTo(42));
    }

    [Promise]
    public void Futures_complete_while_a_run_holds_another_thread()
    {
        var processor = Open(2);
        var values = new List<int>();
        for (var i = 0; i < 20; i++)
        {
            processor.AddToQueue(new WorkCommand(10), _ => values.Add(0));
        }

        var other = Task.Run(async () => await processor.Submit(new EchoCommand(3)) + await processor.Submit(new EchoCommand(4)));
        processor.RunQueue();
        WaitFor(other, "The other thread");
        Assert.That((other.Result, values.Count), Is.EqualTo((7, 20)));
    }

    [Promise]
    public void Several_threads_execute_commands_at_the_same_time()
    {
        var processor = Open(2);
        var sums = new int[4];
        var threads = Enumerable.Range(0, sums.Length).Select(number => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < 25; i++)
                {
                    sums[number] += processor.Execute(new EchoCommand(i));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        foreach (var thread in threads)
        {
            WaitFor(thread, "A thread");
        }

        Assert.That(sums, Is.EqualTo(new[] { 300, 300, 300, 300 }));
    }

    [Promise]
    public void Futures_complete_while_nobody_waits_for_them()
    {
        var processor = Open(2);
        using var completed = new CountdownEvent(10);
        for (var i = 0; i < 10; i++)
        {
            _ = processor.Submit(new EchoCommand(i)).ContinueWith(_ => completed.Signal(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        Assert.That(completed.Wait(Patience), Is.True);
    }

    [Promise]
    public void Awaiting_futures_one_after_another_makes_progress()
    {
        var processor = Open(1);
        var chain = Chain(processor, 50);
        WaitFor(chain, "The chain");
        Assert.That(chain.Result, Is.EqualTo(50));
    }

    [Promise]
    public void Waiting_on_a_thread_with_its_own_context_does_not_dead_lock()
    {
        // As on a GUI thread: continuations are posted to a queue that nobody empties while the thread waits.
        var processor = Open(1);
        OnAnotherThread(() =>
        {
            var context = new QueueContext();
            SynchronizationContext.SetSynchronizationContext(context);
            Assert.That(processor.Submit(new EchoCommand(5)).Result, Is.EqualTo(5));
            processor.AddToQueue(new EchoCommand(6));
            processor.RunQueue();
            Assert.That(processor.Execute(new EchoCommand(7)), Is.EqualTo(7));
            Assert.That(context.Posted, Is.Zero);
        });
    }

    [Promise]
    public void A_continuation_that_blocks_does_not_stop_the_processor()
    {
        var processor = Open(1);
        using var release = new ManualResetEventSlim();
        var blocked = processor.Submit(new EchoCommand(1)).ContinueWith(_ => release.Wait(Patience), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        var next = processor.Submit(new EchoCommand(2));
        WaitFor(next, "The next command");
        Assert.That(blocked.IsCompleted, Is.False);
        release.Set();
        WaitFor(blocked, "The continuation");
    }

    [Promise]
    public void Nested_runs_are_refused()
    {
        var processor = Open(1);
        Exception? refusal = null;
        processor.AddToQueue(new EchoCommand(1), _ =>
        {
            processor.AddToQueue(new SilentCommand());
            refusal = Assert.Catch(() => processor.RunQueue());
        });
        processor.RunQueue();
        Assert.That(refusal, Is.TypeOf<InvalidOperationException>());
    }

    [Promise]
    public void Long_handlers_never_idle_a_slave()
    {
        // The first handler does not return before every command has run: slaves get their next ones all the same.
        var processor = Open(2);
        var handled = 0;
        for (var i = 0; i < 40; i++)
        {
            processor.AddToQueue(new LeaveTraceCommand(Folder, i), _ =>
            {
                if (handled++ == 0 && !Traits.InLine)
                {
                    WaitUntil(() => Directory.GetFiles(Folder).Length == 40, "The work of all slaves during one handler");
                }
            });
        }

        processor.RunQueue();
        Assert.That((handled, Directory.GetFiles(Folder).Length), Is.EqualTo((40, 40)), "In line a slave works only while the master waits.");
    }

    [Promise]
    public void An_idle_processor_leaves_the_cores_to_others()
    {
        var processor = Open(4);
        AssertUsable(processor);
        var least = double.MaxValue;
        for (var attempt = 0; attempt < 12 && least > 0.02; attempt++)
        {
            Pause.For(300);
            using var self = Process.GetCurrentProcess();
            var before = self.TotalProcessorTime;
            Pause.For(1000);
            self.Refresh();
            least = Math.Min(least, (self.TotalProcessorTime - before).TotalSeconds);
        }

        Assert.That(least, Is.LessThanOrEqualTo(0.02), "Seconds of processor time in one second of doing nothing.");
    }

    [Promise]
    public void An_idle_processor_still_answers()
    {
        // The best of three: one that sleeps through its wake-ups is slow each time.
        var processor = Open(2);
        processor.ExecuteOnEverySlave(new EchoCommand(0));
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            Pause.For(400);
            var took = TimeOf(() => processor.Execute(new EchoCommand(i)));
            best = took < best ? took : best;
        }

        Assert.That(best.TotalSeconds, Is.LessThan(1));
    }

    private static async Task<int> Twice(Processor processor, int value)
    {
        var once = await processor.Submit(new EchoCommand(value)).ConfigureAwait(false);
        return once + await processor.Submit(new EchoCommand(value)).ConfigureAwait(false);
    }

    private static async Task<int> Chain(Processor processor, int length)
    {
        var value = 0;
        while (value < length)
        {
            value = await processor.Submit(new EchoCommand(value + 1)).ConfigureAwait(false);
        }

        return value;
    }

    private sealed class QueueContext : SynchronizationContext
    {
        private readonly ConcurrentQueue<SendOrPostCallback> _posted = new();

        public int Posted => _posted.Count;

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue(d);
    }
}
