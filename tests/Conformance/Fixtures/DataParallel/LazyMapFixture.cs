using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Maps over lazy, endless and asynchronous inputs: read as far ahead as needed, left at any time.</summary>
public abstract class LazyMapFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_lazy_input_gives_results_in_order() => Assert.That(Open().Map(Enumerable.Range(0, 3000).Where(x => x % 2 == 0), x => x + 1), Is.EqualTo(Enumerable.Range(0, 3000).Where(x => x % 2 == 0).Select(x => x + 1)));

    [Promise]
    public void An_endless_input_is_left_early()
    {
        var processor = Open();
        Assert.That(processor.Map(Numbers(), x => x * 2).Take(1000), Is.EqualTo(Enumerable.Range(0, 1000).Select(x => x * 2)));
        AssertUsable(processor);
    }

    [Promise]
    public void Nothing_runs_before_it_is_enumerated()
    {
        var read = 0;
        var results = Open().Map(Numbers().Select(x => read = x), x => x);
        Assert.That(read, Is.Zero);
        Assert.That(results.First(), Is.Zero);
    }

    [Promise]
    public void No_more_is_read_than_the_window()
    {
        var read = 0;
        using var results = Open(2).Map(Numbers().Select(x => read = x + 1), x => x, new MapOptions { Window = 64 }).GetEnumerator();
        for (var taken = 0; taken < 500; taken++)
        {
            Assert.That(results.MoveNext(), Is.True);
            Assert.That(read, Is.LessThanOrEqualTo(taken + 64 + 64), "The window, and the piece that is being enumerated.");
        }
    }

    [Promise]
    public void A_window_of_one_item_is_enough() => Assert.That(Open(2).Map(Enumerable.Range(0, 50).Select(x => x), x => x, new MapOptions { Window = 1 }), Is.EqualTo(Enumerable.Range(0, 50)));

    [Promise]
    public void Without_a_window_reading_stops_by_itself()
    {
        var read = 0;
        using var results = Open(2).Map(Numbers().Select(x => read = x), x => x, new MapOptions { ChunkSize = 10 }).GetEnumerator();
        results.MoveNext();
        Assert.That(read, Is.LessThan(1000));
    }

    [Promise]
    public void Leaving_the_loop_cancels_what_remains()
    {
        var processor = Open(1);
        var trace = Folder;
        foreach (var value in processor.Map(Numbers(), (x, slave) => Work(trace, x, slave), new MapOptions { ChunkSize = 1 }))
        {
            if (value == 2)
            {
                break;
            }
        }

        AssertUsable(processor);
        Assert.That(Directory.GetFiles(trace, "worked-*"), Has.Length.LessThan(20));
    }

    [Promise]
    public void An_input_that_throws_ends_the_enumeration_with_it()
    {
        var processor = Open();
        var seen = new List<int>();
        var thrown = Assert.Throws<FormatException>(() =>
        {
            foreach (var value in processor.Map(Broken(), x => x, new MapOptions { ChunkSize = 1 }))
            {
                seen.Add(value);
            }
        });
        Assert.That(thrown!.Message, Is.EqualTo("line 5"));
        AssertUsable(processor);
    }

    [Promise]
    public void The_input_is_disposed_when_the_loop_is_left()
    {
        var disposed = false;
        _ = Open().Map(Watched(() => disposed = true), x => x).First();
        Assert.That(disposed, Is.True);
    }

    [Promise]
    public void A_failing_element_throws_at_its_place_and_the_next_can_be_asked_for()
    {
        using var results = Open().Map(Enumerable.Range(0, 10).Select(x => x), FailAtThree).GetEnumerator();
        for (var i = 0; i < 10; i++)
        {
            Assert.That(results.MoveNext(), Is.True);
            if (i == 3)
            {
                Assert.Throws<SlaveCommandException>(() => _ = results.Current);
            }
            else
            {
                Assert.That(results.Current, Is.EqualTo(i));
            }
        }

        Assert.That(results.MoveNext(), Is.False);
    }

    [Promise]
    public void Every_enumeration_is_a_run_with_the_same_numbers()
    {
        var results = Open(2).Map(Enumerable.Range(0, 100).Select(x => x), (x, slave) => slave.Random.NextUInt64());
        Assert.That(results.ToList(), Is.EqualTo(results.ToList()));
    }

    [Promise]
    public void Asynchronous_inputs_are_read_as_they_come()
    {
        var all = CollectAsync(Open().Map(Later(300), x => x + 1));
        WaitFor(all, "The enumeration");
        Assert.That(all.Result, Is.EqualTo(Enumerable.Range(1, 300)));
    }

    [Promise]
    public void An_asynchronous_input_may_be_enumerated_by_a_blocking_loop() => Assert.That(Open().Map(Later(100), x => x), Is.EqualTo(Enumerable.Range(0, 100)));

    [Promise]
    public void Results_come_although_the_asynchronous_input_is_silent()
    {
        var more = new TaskCompletionSource();
        var first = FirstAsync(Open().Map(Silent(more.Task), x => x + 10));
        WaitFor(first, "The first result");
        Assert.That(first.Result, Is.EqualTo(10));
        more.SetResult();
    }

    [Promise]
    public void A_lazy_input_may_be_awaited()
    {
        var all = CollectAsync(Open(2).Map(Enumerable.Range(0, 2000).Select(x => x), x => x));
        WaitFor(all, "The enumeration");
        Assert.That(all.Result, Is.EqualTo(Enumerable.Range(0, 2000)));
    }

    [Promise]
    public void Leaving_an_awaited_loop_cancels_what_remains()
    {
        var processor = Open(1);
        var first = FirstAsync(processor.Map(Numbers(), (x, slave) => x == 0 || !Pause.For(15_000, slave.Cancellation) ? x : x, new MapOptions { ChunkSize = 1 }));
        WaitFor(first, "The first result");
        AssertUsable(processor);
    }

    [Promise]
    public void A_token_ends_an_awaited_enumeration()
    {
        var processor = Open(1);
        using var cancellation = new CancellationTokenSource();
        var started = Signal("started");
        var all = CollectAsync(processor.Map(Numbers(), (x, slave) => Hang(started, slave), new MapOptions { ChunkSize = 1 }, cancellation.Token));
        Await("started");
        cancellation.Cancel();
        FailureOf<OperationCanceledException>(all);
        AssertUsable(processor);
    }

    [Promise]
    public void Unordered_results_come_as_they_are_ready()
    {
        var gate = Signal("go");
        var order = new List<long>();
        var most = Fabric.RunsAtOnce ? 15_000 : 0; // Where commands run one after the other, nobody opens the gate meanwhile.
        foreach (var result in Open(2).MapUnordered(new[] { 0, 1, 2, 3 }, x => x == 0 ? Until(gate, x, most) : x, new MapOptions { ChunkSize = 1 }))
        {
            order.Add(result.Index);
            if (order.Count == (Fabric.RunsAtOnce ? 3 : 0))
            {
                Give("go");
            }

            Assert.That(result.Value, Is.EqualTo((int)result.Index));
            if (!Fabric.RunsAtOnce)
            {
                break;
            }
        }

        Assert.That(order, Fabric.RunsAtOnce ? Is.EqualTo(new[] { 1L, 2, 3, 0 }) : Has.Count.EqualTo(1));
    }

    [Promise]
    public void Unordered_results_are_all_there_with_their_indices()
    {
        var results = Open(3).MapUnordered(Enumerable.Range(0, 2000), x => x * 3).OrderBy(result => result.Index).ToArray();
        Assert.That(results.Select(result => result.Index), Is.EqualTo(Enumerable.Range(0, 2000).Select(i => (long)i)));
        Assert.That(results.Select(result => result.Value), Is.EqualTo(Enumerable.Range(0, 2000).Select(i => i * 3)));
    }

    [Promise]
    public void An_unordered_failure_is_a_value_that_throws()
    {
        var results = Open(2).MapUnordered(Enumerable.Range(0, 10), FailAtThree).ToArray();
        Assert.That(results, Has.Length.EqualTo(10));
        var failed = results.Single(result => !result.IsDone);
        Assert.That((failed.Index, failed.Error), Is.EqualTo((3L, failed.Error)));
        Assert.Throws<SlaveCommandException>(() => _ = failed.Value);
    }

    [Promise]
    public void Unordered_results_may_be_awaited()
    {
        var all = SumAsync(Open(2).MapUnordered(Later(200), x => x));
        WaitFor(all, "The enumeration");
        Assert.That(all.Result, Is.EqualTo(19_900));
    }

    [Promise]
    public void Maps_make_pipelines()
    {
        var processor = Open(2);
        var pipeline = processor.Map(processor.Map(Enumerable.Range(0, 500).Select(x => x), x => x + 1), x => x * 2);
        Assert.That(pipeline, Is.EqualTo(Enumerable.Range(0, 500).Select(x => 2 * (x + 1))));
    }

    [Promise]
    public void A_slow_consumer_loses_nothing()
    {
        var seen = new List<int>();
        foreach (var value in Open(2).Map(Enumerable.Range(0, 60).Select(x => x), x => x, new MapOptions { ChunkSize = 2 }))
        {
            Pause.For(1);
            seen.Add(value);
        }

        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 60)));
    }

    [Promise]
    public void A_slow_input_holds_a_result_back_by_one_item_at_most()
    {
        var processor = Open(1);
        var read = 0;
        var asked = Signal("asked");
        void AwaitFirst()
        {
            Give("asked"); // Not before has the first a result: then the second is surely read behind it.
            WaitUntil(() => processor.Statistics.Done >= 1, "The first result");
        }

        var waits = !Traits.InLine; // There the second is read when the first has run.
        var home = new ProgressListener();
        var options = new MapOptions { Progress = home, ProgressPeriod = TimeSpan.FromMilliseconds(5) };
        using var results = processor.Map(SlowInput(AwaitFirst, () => read++), x => x == 0 && waits ? Until(asked, x, 15_000) : x, options).GetEnumerator();
        Assert.That(results.MoveNext(), Is.True);
        Assert.That(results.Current, Is.Zero);
        if (!Traits.InLine)
        {
            WaitUntil(() => home.Last.Done >= 2, "The second result");
        }

        var before = Math.Max(read, 2); // The result is that of the second item, which may have to be read first.
        Assert.That(results.MoveNext(), Is.True);
        Assert.That((results.Current, read - before), Is.EqualTo((1, 1)).Or.EqualTo((1, 0)), "Number, and items read meanwhile that it did not need.");
    }

    [Promise(Seconds = 60)]
    public void A_long_lazy_input_runs_in_flat_memory()
    {
        var processor = Open(2);
        var count = 0L;
        var sum = 0L;
        var half = 0L;
        const int Items = 1_000_000;
        foreach (var value in processor.Map(Numbers().Take(Items), x => x + 1))
        {
            sum += value;
            if (++count == Items / 4)
            {
                half = GC.GetTotalMemory(true);
            }
        }

        Assert.That((count, sum), Is.EqualTo((Items, (long)Items * (Items + 1) / 2)));
        Assert.That(GC.GetTotalMemory(true) - half, Is.LessThan(8L << 20));
    }

    private static IEnumerable<int> Numbers()
    {
        for (var i = 0; ; i++)
        {
            yield return i;
        }
    }

    private static IEnumerable<int> Broken()
    {
        for (var i = 0; i < 5; i++)
        {
            yield return i;
        }

        throw new FormatException("line 5");
    }

    private static IEnumerable<int> Watched(Action disposed)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                yield return i;
            }
        }
        finally
        {
            disposed();
        }
    }

    /// <summary>Takes a while for each item, so that none is held back for the next; and for the second until <paramref name="first"/> comes back.</summary>
    private static IEnumerable<int> SlowInput(Action first, Action read)
    {
        for (var i = 0; i < 6; i++)
        {
            Pause.For(5);
            if (i == 1)
            {
                first();
            }

            read();
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> Later(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i % 7 == 0)
            {
                await Task.Yield();
            }

            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> Silent(Task more)
    {
        yield return 0;
        await more.ConfigureAwait(false);
        yield return 1;
    }

    private static async Task<List<int>> CollectAsync(LazyResults<int> results)
    {
        var all = new List<int>();
        await foreach (var value in results)
        {
            all.Add(value);
        }

        return all;
    }

    private static async Task<long> SumAsync(LazyResults<MapResult<int>> results)
    {
        var sum = 0L;
        await foreach (var result in results)
        {
            sum += result.Value;
        }

        return sum;
    }

    private static async Task<int> FirstAsync(LazyResults<int> results)
    {
        await foreach (var value in results)
        {
            return value;
        }

        throw new AssertionException("There is a first.");
    }

    private static int FailAtThree(int x) => x == 3 ? throw new FormatException("three") : x;

    private static int Until(string signal, int value, int milliseconds)
    {
        Pause.Until(() => File.Exists(signal), milliseconds);
        return value;
    }

    private static int Hang(string started, ISlaveContext slave)
    {
        File.WriteAllText(started, "x");
        Pause.For(15_000, slave.Cancellation);
        slave.Cancellation.ThrowIfCancellationRequested();
        return 0;
    }

    private static int Work(string folder, int x, ISlaveContext slave)
    {
        File.WriteAllText(Path.Combine(folder, $"worked-{x}"), string.Empty);
        if (x > 2)
        {
            Pause.For(15_000, slave.Cancellation);
        }

        return x;
    }
}
