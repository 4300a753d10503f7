using HpcRuntime.Examples.Computations;
using HpcRuntime.Processing;
using HpcRuntime.Tests.ProcessFabric;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.Computations;

[NonParallelizable]
internal sealed class Md5SearchTests
{
    private const string HashOf31251999 = "f14f92d35b66f81e6a4d476b356a351c";
    private const string HashOfAWord = "3e47b75000b0924b6c9ba5759a7cf15d";

    [TestCase("thread")]
    [TestCase("process")]
    public void The_hit_cancels_the_rest_also_what_runs(string fabric)
    {
        // Two thousand million numbers are minutes of work, and a part of them, 31,250,000, seconds. The one that is looked for is among the first of
        // the second part: a slave runs the first part by then, or holds it.
        using var processor = Processor.Load(fabric, slaves: 2);
        Assert.That(new Md5SearchApplication().Run(processor, ["--hash", HashOf31251999, "--last", "2000000000", "--parts", "64"]), Is.Zero);

        // A slave that did not stop when it was asked to would be ended for this.
        Assert.That(processor.ExecuteOnEverySlave(new SpinCommand(7, 0)).Values, Is.EqualTo(new[] { 7, 7 }));
        var statistics = processor.Statistics;
        Assert.That(statistics.SlavesLost, Is.Zero);
        Assert.That(statistics.Cancelled, Is.GreaterThan(0));
        Assert.That(statistics.Done, Is.LessThan(64));
    }

    [Test]
    public void A_hash_of_no_number_is_told_and_ends_with_1()
    {
        Assert.That(BuiltInApplications.Run("md5-search", () => Processor.Load("thread", slaves: 2), "--hash", HashOfAWord, "--last", "5000"), Is.EqualTo((1, $"{HashOfAWord} is the hash of no number from 1 to 5000\n")));
    }
}
