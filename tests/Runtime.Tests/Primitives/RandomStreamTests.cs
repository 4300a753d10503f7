using System;
using System.Linq;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.Primitives;

public sealed class RandomStreamTests
{
    [Test]
    public void The_same_key_gives_the_same_numbers()
    {
        var first = new RandomStream(7, 2, 1000);
        var second = new RandomStream(7, 2, 1000);
        Assert.That(Enumerable.Range(0, 100).Select(_ => first.NextUInt64()), Is.EqualTo(Enumerable.Range(0, 100).Select(_ => second.NextUInt64())));
    }

    [Test]
    public void The_numbers_of_a_key_never_change_between_versions()
    {
        var stream = new RandomStream(1, 1, 0);
        Assert.That($"{stream.NextUInt64()} {stream.NextUInt64()} {stream.NextUInt64()}", Is.EqualTo("7186401829602085499 18412469924309984114 3539950387070800315"));
    }

    [Test]
    public void Neighbouring_seeds_runs_and_items_share_no_number()
    {
        var firsts = from seed in Enumerable.Range(0, 10) from run in Enumerable.Range(0, 10) from index in Enumerable.Range(0, 100) select new RandomStream(seed, run, index).NextUInt64();
        Assert.That(firsts.Distinct().Count(), Is.EqualTo(10_000));
    }

    [Test]
    public void A_child_does_not_depend_on_how_far_its_parent_was_read()
    {
        var parent = new RandomStream(3, 1, 5);
        var before = parent.Child(9).NextUInt64();
        parent.NextDouble();
        Assert.That(parent.Child(9).NextUInt64(), Is.EqualTo(before));
    }

    [Test]
    public void Bounded_integers_cover_their_range_evenly()
    {
        var stream = new RandomStream(11, 1, 0);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++)
        {
            counts[stream.Next(7)]++;
        }

        Assert.That(counts, Is.All.InRange(9_500, 10_500));
    }

    [Test]
    public void Normal_deviates_have_mean_0_and_variance_1()
    {
        var stream = new RandomStream(5, 1, 0);
        var draws = Enumerable.Range(0, 100_000).Select(_ => stream.NextGaussian()).ToArray();
        var mean = draws.Average();
        Assert.That(mean, Is.EqualTo(0).Within(0.02));
        Assert.That(draws.Select(d => (d - mean) * (d - mean)).Average(), Is.EqualTo(1).Within(0.03));
    }

    [Test]
    public void Bytes_of_any_length_are_filled_from_the_same_stream()
    {
        var bytes = new byte[13];
        new RandomStream(1, 1, 1).NextBytes(bytes);
        Assert.That(BitConverter.ToUInt64(bytes, 0), Is.EqualTo(new RandomStream(1, 1, 1).NextUInt64()));
        Assert.That(bytes.Skip(8), Is.Not.All.EqualTo(0));
    }
}
