using System;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples;

/// <summary>Maps and reductions of 100,000 items while slaves die under them: nothing is lost, nothing counts twice, and no digit changes.</summary>
[Platform("Linux")]
[NonParallelizable]
internal sealed class MapChaosTests
{
    private const int Items = 100_000;

    [Test]
    public void A_map_that_the_master_reduces_takes_every_item_once([Values("shm", "socket")] string transport)
    {
        var taken = new int[Items];
        var sum = Hunted(transport, processor =>
        {
            var total = 0L;
            processor.Map(Enumerable.Range(0, Items), x => (long)x * x, (square, index) =>
            {
                taken[index]++;
                return total += square;
            });
            return total;
        });

        Assert.That(taken, Is.All.EqualTo(1));
        Assert.That(sum, Is.EqualTo((long)(Items - 1) * Items / 2 * ((2 * Items) - 1) / 3));
    }

    [Test]
    public void A_map_has_every_result_in_its_place([Values("shm", "socket")] string transport) =>
        Assert.That(Hunted(transport, processor => processor.Map(Enumerable.Range(0, Items).ToArray(), x => 3 * x).ToArray()), Is.EqualTo(Enumerable.Range(0, Items).Select(x => 3 * x)));

    [Test]
    public void A_tree_of_sums_has_the_digits_of_uni([Values("shm", "socket")] string transport)
    {
        static double Sum(Processor processor) => processor.Reduce(Enumerable.Range(1, Items), (n, slave) => slave.Random.NextDouble() / n, (a, b) => a + b);
        using var uni = Processor.Load("uni");
        var calm = Sum(uni);

        Assert.That(BitConverter.DoubleToInt64Bits(Hunted(transport, Sum)), Is.EqualTo(BitConverter.DoubleToInt64Bits(calm)));
    }

    private static T Hunted<T>(string transport, Func<Processor, T> run)
    {
        var hunt = new SlaveHunt();
        using var processor = HuntedFabric.Open(hunt, transport, 3);
        var result = run(processor);
        Assert.That(hunt.Kills, Is.GreaterThan(2), "Some in the middle as well.");
        return result;
    }
}
