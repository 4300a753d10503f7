using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Maps over collections: input order, one place for each item whatever became of it.</summary>
public abstract class MapFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void Results_are_in_input_order()
    {
        var items = Enumerable.Range(0, 5000).ToArray();
        Assert.That(Open().Map(items, x => x * 2).ToArray(), Is.EqualTo(items.Select(x => x * 2)));
    }

    [Promise]
    public void Results_are_in_input_order_however_long_the_items_take()
    {
        int[] pauses = [30, 0, 20, 0, 10, 0, 5, 0];
        Assert.That(Open(3).Map(pauses, Slow, new MapOptions { ChunkSize = 1 }).ToArray(), Is.EqualTo(pauses));
    }

    [Promise]
    public void Nothing_maps_to_nothing()
    {
        var results = Open().Map(Array.Empty<int>(), x => x);
        Assert.That((results.Count, results.IsCompleted), Is.EqualTo((0, true)));
        Assert.That(results.ToArray(), Is.Empty);
        Assert.That(results, Is.Empty);
    }

    [Promise]
    public void The_count_is_known_at_once()
    {
        var gate = Signal("go");
        var results = Open().Map(new[] { 1, 2, 3 }, x => Until(gate, x));
        Assert.That((results.Count, results.IsCompleted), Is.EqualTo((3, false)));
        Give("go");
        Assert.That(results.ToArray(), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Promise]
    public void The_indexer_waits_for_its_element_only()
    {
        var gate = Signal("go");
        var results = Open(2).Map(new[] { 0, 1 }, x => x == 1 ? Until(gate, x) : x, new MapOptions { ChunkSize = 1 });
        Assert.That(results[0], Is.Zero);
        Assert.That(results.IsCompleted, Is.False);
        Give("go");
        Assert.That(results[1], Is.EqualTo(1));
    }

    [Promise]
    public void Slices_wait_for_their_elements()
    {
        var results = Open().Map(Enumerable.Range(0, 100).ToArray(), x => x);
        Assert.That(results[10..13], Is.EqualTo(new[] { 10, 11, 12 }));
        Assert.That(results[^2..], Is.EqualTo(new[] { 98, 99 }));
        Assert.That(results[5..5], Is.Empty);
        Assert.That(results[^1], Is.EqualTo(99));
    }

    [Promise]
    public void An_index_out_of_range_is_refused_at_once()
    {
        var gate = Signal("go");
        var results = Open().Map(new[] { 1, 2 }, x => Until(gate, x));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = results[2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = results[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = results[1..3]);
        Give("go");
        results.Wait();
    }

    [Promise]
    public void Results_may_be_enumerated_several_times()
    {
        var results = Open().Map(new[] { 1, 2, 3 }, x => x + 1);
        Assert.That(results.Sum() + results.Sum(), Is.EqualTo(18));
        Assert.That(results.Zip(results, (a, b) => a - b), Is.All.Zero);
    }

    [Promise]
    public void Results_with_unusual_equality_are_sliced_all_the_same()
    {
        var results = Open().Map(new[] { 1, 2, 3 }, x => new[] { x, double.NaN });
        Assert.That(results[0..2].Select(pair => pair[0]), Is.EqualTo(new[] { 1, 2 }));
    }

    [Promise]
    public void One_failing_element_fails_at_its_index_only()
    {
        var results = Open(2).Map(Enumerable.Range(0, 100).ToArray(), FailAt37);
        for (var i = 0; i < 100; i++)
        {
            if (i != 37)
            {
                Assert.That(results[i], Is.EqualTo(i));
            }
        }

        var failure = Assert.Throws<SlaveCommandException>(() => _ = results[37])!;
        Assert.That((failure.RemoteType, failure.RemoteMessage), Is.EqualTo((typeof(IOException).FullName, "curve 37")));
        Assert.That(failure.Command.Label, Does.EndWith("[37]"));
        Assert.That(failure.Rank, Is.GreaterThanOrEqualTo(1));
        Assert.That(results.FailureAt(37), Is.SameAs(failure));
        Assert.That(results.FailureAt(36), Is.Null);
    }

    [Promise]
    public void Enumeration_throws_at_the_failing_element()
    {
        var results = Open(2).Map(Enumerable.Range(0, 100).ToArray(), FailAt37);
        var seen = new List<int>();
        Assert.Throws<SlaveCommandException>(() =>
        {
            foreach (var value in results)
            {
                seen.Add(value);
            }
        });
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 37)));
    }

    [Promise]
    public void Failures_of_every_item_are_told_apart()
    {
        var results = Open(2).Map(Enumerable.Range(0, 300).ToArray(), AlwaysFail);
        for (var i = 0; i < 300; i++)
        {
            Assert.That(((SlaveCommandException)results.FailureAt(i)!).RemoteMessage, Is.EqualTo($"number {i}"));
        }
    }

    [Promise]
    public void A_failure_nobody_looked_at_makes_the_exit_code_one()
    {
        var processor = Open();
        var results = processor.Map(new[] { 1 }, AlwaysFail);
        results.Wait();
        Assert.That(processor.ExitCodeFor(0), Is.EqualTo(1));
        _ = results.FailureAt(0);
        Assert.That(processor.ExitCodeFor(0), Is.Zero);
    }

    [Promise]
    public void An_exception_value_is_not_a_failure()
    {
        var results = Open().Map(new[] { 1 }, x => new Verdict(x, "an error, as a value"));
        Assert.That(results[0].Text, Is.EqualTo("an error, as a value"));
    }

    [Promise]
    public void A_result_that_cannot_travel_fails_its_item_alone()
    {
        var processor = Open();
        var results = processor.Map(Enumerable.Range(0, 20).ToArray(), x => x == 7 ? new Instrument { Readings = new MemoryStream() } : new Instrument { Name = $"{x}" });
        var failure = Assert.Throws<SlaveCommandException>(() => _ = results[7])!;
        Assert.That(failure.RemoteMessage, Does.Contain("Readings"));
        Assert.That(Enumerable.Range(0, 20).Where(i => i != 7).Select(i => results[i].Name), Is.EqualTo(Enumerable.Range(0, 20).Where(i => i != 7).Select(i => $"{i}")));
    }

    [Promise]
    public void A_captured_variable_that_cannot_travel_is_named_at_the_call()
    {
        var processor = Open();
        using var source = new MemoryStream();
        var refusal = Refusal(processor, source);
        Assert.That(refusal.Message, Does.Contain("'source'"));
        AssertUsable(processor);
    }

    [Promise]
    public void An_item_that_cannot_travel_ends_the_map_with_its_name()
    {
        var results = Open().Map(new[] { new Instrument { Readings = new MemoryStream() } }, instrument => instrument.Name);
        Assert.That(Assert.Throws<WireTypeException>(() => _ = results[0])!.Message, Does.Contain("Readings"));
    }

    [Promise]
    public void What_the_function_captured_is_copied_at_the_call()
    {
        var factor = new[] { 2 };
        var results = Open(1).Map(Enumerable.Range(0, 100).ToArray(), x => x * factor[0], new MapOptions { ChunkSize = 1 });
        factor[0] = 100;
        Assert.That(results.ToArray(), Is.EqualTo(Enumerable.Range(0, 100).Select(x => x * 2)));
    }

    [Promise]
    public void Large_captured_data_is_sent_ahead_and_seen_by_every_item()
    {
        var processor = Open();
        var table = Enumerable.Range(0, 200_000).Select(x => x * 0.5).ToArray();
        var results = processor.Map(Enumerable.Range(0, 1000).ToArray(), i => table[i * 200], new MapOptions { ChunkSize = 10 });
        Assert.That(results.ToArray(), Is.EqualTo(Enumerable.Range(0, 1000).Select(i => i * 100.0)));
        var sent = processor.Statistics.Slaves.Sum(slave => slave.BytesSent);
        Assert.That(sent, Is.LessThan(3L * table.Length * sizeof(double)), "Once for each slave, not for each block.");
    }

    [Promise]
    public void Items_change_nothing_on_the_master()
    {
        var items = Enumerable.Range(0, 10).Select(i => new[] { i }).ToArray();
        Assert.That(Open().Map(items, item => ++item[0]).ToArray(), Is.EqualTo(Enumerable.Range(1, 10)));
        Assert.That(items.Select(item => item[0]), Is.EqualTo(Enumerable.Range(0, 10)));
    }

    [Promise]
    public void A_function_may_use_its_slave()
    {
        var ranks = Open(2).Map(Enumerable.Range(0, 100).ToArray(), (_, slave) => slave.Rank).ToArray();
        Assert.That(ranks, Is.All.InRange(1, 2));
    }

    [Promise]
    public void Asynchronous_functions_are_maps_too()
    {
        var results = Open().Map(Enumerable.Range(0, 50).ToArray(), async x =>
        {
            await Task.Yield();
            return x + 1;
        });
        Assert.That(results.ToArray(), Is.EqualTo(Enumerable.Range(1, 50)));
    }

    [Promise]
    public void Asynchronous_functions_may_use_their_slave_and_fail_alone()
    {
        var results = Open().Map(Enumerable.Range(0, 50).ToArray(), async (x, slave) =>
        {
            await Task.Yield();
            return x == 5 ? throw new FormatException("five") : slave.Attempt;
        });
        Assert.That(Assert.Throws<SlaveCommandException>(() => _ = results[5])!.RemoteMessage, Is.EqualTo("five"));
        Assert.That(results[6], Is.EqualTo(1));
    }

    [Promise]
    public void Tuples_spread_over_parameters()
    {
        var processor = Open();
        Assert.That(processor.StarMap(new[] { (1, 2), (3, 4) }, (a, b) => a * b).ToArray(), Is.EqualTo(new[] { 2, 12 }));
        Assert.That(processor.StarMap(new[] { (1, "a", 2.5), (2, "b", 0.5) }, (n, s, x) => $"{s}{n * x}").ToArray(), Is.EqualTo(new[] { "a2.5", "b1" }));
        Assert.That(processor.StarMap(Enumerable.Range(0, 3).Select(i => (i, i)), (a, b) => a + b), Is.EqualTo(new[] { 0, 2, 4 }));
    }

    [Promise]
    public void Dictionaries_are_maps_over_pairs()
    {
        var words = new Dictionary<string, int> { ["one"] = 1, ["two"] = 2 };
        Assert.That(Open().Map(words, pair => $"{pair.Key}={pair.Value}").ToArray(), Is.EqualTo(new[] { "one=1", "two=2" }));
    }

    [Promise]
    public void Commands_are_items_too()
    {
        var commands = Enumerable.Range(0, 200).Select(i => new EchoCommand(i)).ToArray();
        Assert.That(Open().Map<int>(commands).ToArray(), Is.EqualTo(Enumerable.Range(0, 200)));
    }

    [Promise]
    public void Every_item_has_a_random_stream_of_its_own_whatever_the_blocks()
    {
        ulong[] Draw(int slaves, MapOptions? options) => Open(slaves).Map(Enumerable.Range(0, 500).ToArray(), (_, slave) => slave.Random.NextUInt64(), options).ToArray();
        var first = Draw(1, null);
        Assert.That(first.Distinct().Count(), Is.EqualTo(500));
        Assert.That(Draw(3, new MapOptions { ChunkSize = 7 }), Is.EqualTo(first));
        Assert.That(Draw(2, new MapOptions { ChunkSize = 1, MaxConcurrency = 1 }), Is.EqualTo(first));
        Assert.That(Draw(2, new MapOptions { SerialThreshold = 1000 }), Is.EqualTo(first));
        Assert.That(Draw(2, new MapOptions { Debug = true }), Is.EqualTo(first));
    }

    [Promise]
    public void Two_maps_of_one_processor_draw_different_numbers()
    {
        var processor = Open();
        ulong Draw() => processor.Map(new[] { 0 }, (_, slave) => slave.Random.NextUInt64())[0];
        Assert.That(Draw(), Is.Not.EqualTo(Draw()));
    }

    [Promise]
    public void Any_block_size_gives_the_same_results()
    {
        var processor = Open(3);
        var items = Enumerable.Range(0, 257).ToArray();
        foreach (var size in new[] { 1, 2, 16, 100, 257, 10_000 })
        {
            Assert.That(processor.Map(items, x => x * x, new MapOptions { ChunkSize = size }).ToArray(), Is.EqualTo(items.Select(x => x * x)), $"{size} items in a block");
        }
    }

    [Promise]
    public void Options_that_make_no_sense_are_refused_by_name()
    {
        var processor = Open();
        void Refused(MapOptions options, string name) => Assert.That(Assert.Throws<ArgumentOutOfRangeException>(() => processor.Map(new[] { 1 }, x => x, options))!.ParamName, Is.EqualTo(name));
        Refused(new MapOptions { MaxConcurrency = 0 }, "MaxConcurrency");
        Refused(new MapOptions { MaxConcurrency = -1 }, "MaxConcurrency");
        Refused(new MapOptions { ChunkSize = 0 }, "ChunkSize");
        Refused(new MapOptions { Window = 0 }, "Window");
        Refused(new MapOptions { SerialThreshold = -1 }, "SerialThreshold");
        Refused(new MapOptions { Timeout = TimeSpan.Zero }, "Timeout");
        Refused(new MapOptions { MaxAttempts = 0 }, "MaxAttempts");
    }

    [Promise]
    public void A_map_is_never_wider_than_its_limit()
    {
        var processor = Open(3);
        var folder = Folder;
        var overlaps = processor.Map(Enumerable.Range(0, 20).ToArray(), i => Overlap.Count(folder, i, 3), new MapOptions { MaxConcurrency = 1, ChunkSize = 1 });
        Assert.That(overlaps.ToArray(), Is.All.EqualTo(1));
    }

    [Promise]
    public void Small_inputs_are_worked_on_by_the_calling_thread()
    {
        var processor = Open();
        var options = new MapOptions { SerialThreshold = 10 };
        Assert.That(processor.Map(new[] { 1, 2, 3 }, (x, slave) => slave.Rank, options).ToArray(), Is.All.Zero);
        Assert.That(processor.Map(Enumerable.Range(0, 10).ToArray(), (x, slave) => slave.Rank, options).ToArray(), Is.All.GreaterThan(0));
    }

    [Promise]
    public void The_calling_thread_works_on_copies_and_fails_as_a_slave_does()
    {
        var items = new[] { new[] { 1 }, [2] };
        var results = Open().Map(items, item => item[0]++ == 1 ? 1 : throw new FormatException("two"), new MapOptions { Debug = true });
        Assert.That(results[0], Is.EqualTo(1));
        Assert.That(Assert.Throws<SlaveCommandException>(() => _ = results[1])!.RemoteMessage, Is.EqualTo("two"));
        Assert.That(items[0][0], Is.EqualTo(1));
    }

    [Promise]
    public void A_cancelled_map_tells_whoever_asks()
    {
        var processor = Open(1);
        using var cancellation = new CancellationTokenSource();
        var started = Signal("started");
        var results = processor.Map(Enumerable.Range(0, 1000).ToArray(), (x, slave) => Hang(started, slave), new MapOptions { ChunkSize = 1 }, cancellation.Token);
        Await("started");
        cancellation.Cancel();
        Assert.Catch<OperationCanceledException>(() => _ = results[999]);
        AssertUsable(processor);
    }

    [Promise]
    public void Cancelling_keeps_the_results_that_are_there()
    {
        var processor = Open(1);
        var started = Signal("started");
        var results = processor.Map(new[] { 0, 1 }, (x, slave) => x == 0 ? 5 : Hang(started, slave), new MapOptions { ChunkSize = 1 });
        Assert.That(results[0], Is.EqualTo(5));
        results.Cancel();
        Assert.That(results[0], Is.EqualTo(5));
        Assert.Catch<OperationCanceledException>(() => _ = results[1]);
        AssertUsable(processor);
    }

    [Promise]
    public void Cancelling_the_processor_ends_its_maps()
    {
        var processor = Open(1);
        var started = Signal("started");
        var results = processor.Map(Enumerable.Range(0, 100).ToArray(), (x, slave) => Hang(started, slave), new MapOptions { ChunkSize = 1 });
        Await("started");
        processor.Cancel("enough");
        Assert.Catch<OperationCanceledException>(() => results.ToArray());
        AssertUsable(processor);
    }

    [Promise]
    public void Closing_the_processor_ends_its_maps()
    {
        var processor = Open(1);
        var started = Signal("started");
        var results = processor.Map(Enumerable.Range(0, 100).ToArray(), (x, slave) => Hang(started, slave), new MapOptions { ChunkSize = 1 });
        Await("started");
        processor.Dispose();
        Assert.Catch<OperationCanceledException>(() => results.ToArray());
    }

    [Promise]
    public void An_item_whose_time_is_up_fails_alone()
    {
        var results = Open(2).Map(Enumerable.Range(0, 30).ToArray(), (x, slave) => x == 11 && Pause.For(15_000, slave.Cancellation) ? -1 : x, new MapOptions { ChunkSize = 2, Timeout = TimeSpan.FromSeconds(1.5) });
        Assert.Throws<CommandTimeoutException>(() => _ = results[11]);
        Assert.That(Enumerable.Range(0, 30).Where(i => i != 11).Select(i => results[i]), Is.EqualTo(Enumerable.Range(0, 30).Where(i => i != 11)));
    }

    [Promise]
    public void Maps_and_runs_and_futures_share_a_processor()
    {
        var processor = Open(2);
        var map = processor.Map(Enumerable.Range(0, 2000).ToArray(), x => x + 1);
        var future = processor.Submit(() => 5);
        AssertUsable(processor);
        Assert.That((map.Sum(), future.Result), Is.EqualTo((2_001_000, 5)));
    }

    [Promise]
    public void A_result_handler_may_map()
    {
        var processor = Open(2);
        var sums = new List<int>();
        processor.AddToQueue(new EchoCommand(3), value => sums.Add(processor.Map(Enumerable.Range(0, 100).ToArray(), x => x * 2).Sum() + value));
        processor.RunQueue();
        Assert.That(sums, Is.EqualTo(new[] { 9903 }));
    }

    [Promise]
    public void Several_threads_map_at_the_same_time()
    {
        var processor = Open(2);
        var tasks = Enumerable.Range(0, 4).Select(n => Task.Run(() => SumOf(processor, n))).ToArray();
        WaitFor(Task.WhenAll(tasks), "The maps");
        Assert.That(tasks.Select(task => task.Result), Is.EqualTo(Enumerable.Range(0, 4).Select(n => 499_500 + (1000 * n))));
    }

    [Promise]
    public void A_map_inside_a_map_finishes()
    {
        var table = Open(2).Map(Enumerable.Range(1, 20).ToArray(), (x, slave) => slave.Map(Enumerable.Range(1, 10), y => x * y).Sum()).ToArray();
        Assert.That(table, Is.EqualTo(Enumerable.Range(1, 20).Select(x => x * 55)));
    }

    [Promise]
    public void Items_of_an_inner_map_have_streams_below_their_parents()
    {
        ulong[][] Draw(int slaves, int chunk) => Open(slaves).Map(Enumerable.Range(0, 10).ToArray(), (x, slave) => slave.Map(Enumerable.Range(0, 3), (y, inner) => inner.Random.NextUInt64()), new MapOptions { ChunkSize = chunk }).ToArray();
        var first = Draw(1, 3);
        Assert.That(first.SelectMany(row => row).Distinct().Count(), Is.EqualTo(30));
        Assert.That(Draw(2, 1), Is.EqualTo(first));
    }

    [Promise]
    public void What_items_print_is_shown()
    {
        var processor = Open(1);
        processor.Map(new[] { 1, 2, 3 }, Print).Wait();
        processor.Dispose();
        Assert.That(ShownOut.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(), Is.EqualTo(new[] { "item 1", "item 2", "item 3" }));
    }

    [Promise]
    public void Awaiting_works_as_well_as_waiting()
    {
        var results = Open(2).Map(Enumerable.Range(0, 500).ToArray(), x => x);
        var all = CollectAsync(results);
        WaitFor(all, "The enumeration");
        Assert.That(all.Result, Is.EqualTo(Enumerable.Range(0, 500)));
        Assert.That(results.GetAsync(7).Result, Is.EqualTo(7));
        Assert.That(results.ToArrayAsync().Result, Has.Length.EqualTo(500));
    }

    [Promise(Seconds = 60)]
    [EndsSlaves]
    public void A_slave_that_is_lost_costs_no_item()
    {
        var processor = OpenToLose(2, losses: 1);
        var folder = Folder;
        var master = Environment.ProcessId;
        var results = processor.Map(Enumerable.Range(0, 200).ToArray(), x => x == 60 ? DieOnce(folder, master) : x);
        Assert.That(results.ToArray(), Is.EqualTo(Enumerable.Range(0, 200)), "Where slaves share the master's process nothing dies.");
    }

    [Promise(Seconds = 60)]
    [EndsSlaves]
    public void An_item_that_kills_every_slave_fails_alone()
    {
        if (Traits.SharedMemory)
        {
            Assert.That(Open().Map(new[] { 1 }, x => x)[0], Is.EqualTo(1), "Where slaves share the master's process no item may kill one.");
            return;
        }

        var results = OpenToLose(2, losses: 2).Map(Enumerable.Range(0, 40).ToArray(), x => x == 13 ? Die() : x, new MapOptions { MaxAttempts = 2 });
        Assert.That(Enumerable.Range(0, 40).Where(i => i != 13).Select(i => results[i]), Is.EqualTo(Enumerable.Range(0, 40).Where(i => i != 13)));
        Assert.Throws<SlaveLostException>(() => _ = results[13]);
    }

    private static int SumOf(Processor processor, int n) => processor.Map(Enumerable.Range(0, 1000).ToArray(), x => x + n).Sum();

    private static async Task<List<int>> CollectAsync(OrderedResults<int> results)
    {
        var all = new List<int>();
        await foreach (var value in results)
        {
            all.Add(value);
        }

        return all;
    }

    private static WireTypeException Refusal(Processor processor, Stream source)
    {
        try
        {
            _ = processor.Map(new[] { 1 }, x => source.Length + x);
        }
        catch (WireTypeException refusal)
        {
            return refusal;
        }

        throw new AssertionException("It must be refused at the call.");
    }

    private static int DieOnce(string folder, int master)
    {
        var mark = Path.Combine(folder, "died");
        if (Environment.ProcessId != master && !File.Exists(mark))
        {
            File.WriteAllText(mark, "x");
            Die();
        }

        return 60;
    }

    private static int Die()
    {
        Environment.Exit(9);
        return 0;
    }

    private static int Slow(int milliseconds)
    {
        Pause.For(milliseconds);
        return milliseconds;
    }

    private static int Until(string signal, int value) => Pause.Until(() => File.Exists(signal), 15_000) ? value : throw new TimeoutException("No signal.");

    private static int Hang(string started, ISlaveContext slave)
    {
        File.WriteAllText(started, "x");
        Pause.For(15_000, slave.Cancellation);
        slave.Cancellation.ThrowIfCancellationRequested();
        return 0;
    }

    private static int FailAt37(int x) => x == 37 ? throw new IOException("curve 37") : x;

    private static int AlwaysFail(int x) => throw new InvalidOperationException($"number {x}");

    private static int Print(int x)
    {
        Console.WriteLine($"item {x}");
        return x;
    }

    /// <summary>A value.</summary>
    public sealed record Verdict(int Number, string Text);
}
