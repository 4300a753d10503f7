using System.Linq;
using HpcRuntime.Examples.Computations;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.Computations;

public sealed class PartsTests
{
    [TestCase(1, 10, 3)]
    [TestCase(1, 19_999, 128)]
    [TestCase(5, 5, 1)]
    [TestCase(1, 3, 7)]
    [TestCase(2_000_000_000, 2_000_000_003, 2)]
    public void Every_number_is_in_one_part_and_no_part_is_longer_by_two(int first, int last, int parts)
    {
        var found = Parts.Of(first, last, parts).ToArray();
        Assert.That(found, Has.Length.EqualTo(parts));
        Assert.That(found.SelectMany(part => Enumerable.Range(part.First, part.Last - part.First + 1)), Is.EqualTo(Enumerable.Range(first, last - first + 1)));
        var lengths = found.Select(part => part.Last - part.First + 1).ToArray();
        Assert.That(lengths.Max() - lengths.Min(), Is.LessThanOrEqualTo(1));
    }
}
