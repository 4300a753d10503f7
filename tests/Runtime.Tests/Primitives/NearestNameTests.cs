using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.Primitives;

internal sealed class NearestNameTests
{
    [TestCase("thred", "thread")]
    [TestCase("THREAD", "thread")]
    [TestCase("theard", "thread")]
    [TestCase("un", "uni")]
    [TestCase("decayfit", "decay-fit")]
    [TestCase("elephant", null)]
    [TestCase("", null)]
    public void The_nearest_name_is_found_when_it_is_near(string name, string? expected)
    {
        Assert.That(NearestName.Find(name, ["uni", "thread", "decay-fit"]), Is.EqualTo(expected));
    }

    [TestCase("", "abc", 3)]
    [TestCase("kitten", "sitting", 3)]
    [TestCase("ab", "ba", 1)]
    [TestCase("same", "SAME", 0)]
    public void Distance_counts_edits_and_swaps(string a, string b, int expected)
    {
        Assert.That(NearestName.Distance(a, b), Is.EqualTo(expected));
        Assert.That(NearestName.Distance(b, a), Is.EqualTo(expected));
    }
}
