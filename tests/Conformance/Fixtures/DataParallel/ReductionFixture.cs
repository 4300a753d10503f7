using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Reductions: serial on the master, or as a tree on the slaves that is the same to the last bit.</summary>
public abstract class ReductionFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void What_reduce_returned_comes_in_input_order()
    {
        var texts = Open(2).Map(Enumerable.Range(0, 500), x => x * 2, (value, index) => $"{index}:{value}");
        Assert.That(texts, Is.EqualTo(Enumerable.Range(0, 500).Select(i => $"{i}:{2 * i}")));
    }

    [Promise]
    public void Reduce_runs_on_the_calling_thread_one_at_a_time()
    {
        var caller = Environment.CurrentManagedThreadId;
        var threads = new HashSet<int>();
        Open(2).Map(Enumerable.Range(0, 200), x => x, (_, _) => threads.Add(Environment.CurrentManagedThreadId));
        Assert.That(threads, Is.EqualTo(new[] { caller }));
    }

    [Promise]
    public void Reduce_sees_every_result_once()
    {
        var seen = new List<long>();
        Open(3).Map(Enumerable.Range(0, 1000), x => x, (_, index) =>
        {
            seen.Add(index);
            return 0;
        });
        Assert.That(seen.Order(), Is.EqualTo(Enumerable.Range(0, 1000).Select(i => (long)i)));
    }

    [Promise]
    public void Reduce_sees_results_in_input_order_when_asked_to()
    {
        var seen = new List<long>();
        var options = new MapOptions { ReduceInOrder = true, ChunkSize = 1 };
        Open(3).Map(new[] { 20, 0, 10, 0, 5, 0 }, Slow, (_, index) => seen.Count == index && Add(seen, index), options);
        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, 6).Select(i => (long)i)));
    }

    [Promise]
    public void What_reduce_throws_ends_the_map_and_goes_through()
    {
        var processor = Open(2);
        var thrown = Assert.Throws<FormatException>(() => processor.Map(Enumerable.Range(0, 1000), x => x, int (value, _) => value == 10 ? throw new FormatException("ten") : value));
        Assert.That(thrown!.Message, Is.EqualTo("ten"));
        AssertUsable(processor);
    }

    [Promise]
    public void A_failed_item_ends_the_reduction_with_its_failure()
    {
        var processor = Open(2);
        Assert.Throws<SlaveCommandException>(() => processor.Map(Enumerable.Range(0, 100), FailAtSeven, (value, _) => value));
        AssertUsable(processor);
    }

    [Promise]
    public void A_reduction_may_use_the_slave() => Assert.That(Open(2).Map(Enumerable.Range(0, 50), (x, slave) => slave.Rank > 0, (value, _) => value), Is.All.True);

    [Promise]
    public void A_reduction_of_nothing_is_nothing() => Assert.That(Open().Map(Array.Empty<int>(), x => x, (value, _) => value), Is.Empty);

    [Promise]
    public void A_tree_adds_up() => Assert.That(Open(2).Reduce(Enumerable.Range(0, 100_000), x => (long)x, (a, b) => a + b), Is.EqualTo(4_999_950_000L));

    [Promise]
    public void A_tree_over_few_items_adds_up()
    {
        var processor = Open(2);
        foreach (var count in new[] { 1, 2, 3, 1023, 1024, 1025, 2049, 33 * 1024 })
        {
            Assert.That(processor.Reduce(Enumerable.Range(1, count), (a, b) => a + b), Is.EqualTo(count * (count + 1) / 2), $"{count} items");
        }
    }

    [Promise]
    public void A_tree_keeps_the_order_of_its_items()
    {
        var letters = Enumerable.Range(0, 3000).Select(i => ((char)('a' + (i % 26))).ToString()).ToArray();
        Assert.That(Open(3).Reduce(letters, (a, b) => a + b), Is.EqualTo(string.Concat(letters)));
    }

    [Promise]
    public void A_floating_point_sum_is_the_same_to_the_last_bit()
    {
        double Sum(int slaves, MapOptions? options) => Open(slaves).Reduce(Enumerable.Range(1, 50_000), x => 1.0 / x, (a, b) => a + b, options);
        var expected = TreeSum([.. Enumerable.Range(1, 50_000).Select(x => 1.0 / x)]);
        Assert.That(BitConverter.DoubleToInt64Bits(Sum(1, null)), Is.EqualTo(BitConverter.DoubleToInt64Bits(expected)));
        Assert.That(BitConverter.DoubleToInt64Bits(Sum(3, null)), Is.EqualTo(BitConverter.DoubleToInt64Bits(expected)));
        Assert.That(BitConverter.DoubleToInt64Bits(Sum(2, new MapOptions { ChunkSize = 3 })), Is.EqualTo(BitConverter.DoubleToInt64Bits(expected)));
    }

    [Promise]
    public void Random_numbers_of_a_tree_belong_to_their_items()
    {
        ulong Sum(int slaves) => Open(slaves).Reduce(Enumerable.Range(0, 5000), (_, slave) => slave.Random.NextUInt64(), (a, b) => a ^ b);
        var mapped = Open(1).Map(Enumerable.Range(0, 5000).ToArray(), (_, slave) => slave.Random.NextUInt64()).Aggregate((a, b) => a ^ b);
        Assert.That(Sum(1), Is.EqualTo(mapped));
        Assert.That(Sum(3), Is.EqualTo(mapped));
    }

    [Promise]
    public void A_tree_over_nothing_is_refused() => Assert.Throws<InvalidOperationException>(() => Open().Reduce(Array.Empty<int>(), (a, b) => a + b));

    [Promise]
    public void A_failed_item_fails_the_tree()
    {
        var processor = Open(2);
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Reduce(Enumerable.Range(0, 5000), FailAtSeven, (a, b) => a + b))!;
        Assert.That(failure.RemoteMessage, Is.EqualTo("seven"));
        AssertUsable(processor);
    }

    [Promise]
    public void Combining_may_change_its_first_argument()
    {
        var histogram = Open(2).Reduce(Enumerable.Range(0, 20_000), Bin, Join);
        Assert.That(histogram, Is.All.EqualTo(2000));
    }

    [Promise]
    public void A_tree_is_cancelled_by_its_token()
    {
        var processor = Open(1);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Catch<OperationCanceledException>(() => processor.Reduce(Enumerable.Range(0, 5000), x => x, (a, b) => a + b, cancellation: cancellation.Token));
        AssertUsable(processor);
    }

    private static int[] Bin(int x)
    {
        var bins = new int[10];
        bins[x % 10] = 1;
        return bins;
    }

    private static int[] Join(int[] a, int[] b)
    {
        for (var i = 0; i < a.Length; i++)
        {
            a[i] += b[i];
        }

        return a;
    }

    private static double TreeSum(double[] values)
    {
        while (values.Length > 1)
        {
            values = [.. values.Chunk(2).Select(pair => pair.Length == 2 ? pair[0] + pair[1] : pair[0])];
        }

        return values[0];
    }

    private static bool Add(List<long> list, long value)
    {
        list.Add(value);
        return true;
    }

    private static int Slow(int milliseconds)
    {
        Pause.For(milliseconds);
        return milliseconds;
    }

    private static int FailAtSeven(int x) => x == 7 ? throw new FormatException("seven") : x;
}
