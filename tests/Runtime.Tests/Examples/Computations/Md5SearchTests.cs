using System;
using HpcRuntime.Examples.Computations;
using HpcRuntime.Processing;
using HpcRuntime.Tests.ProcessFabric;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.Computations;

[NonParallelizable]
internal sealed class Md5SearchTests
{
    private const string HashOf125001999 = "f184ea1de8ed211fced4b28f9a12b507";
    private const string HashOfAWord = "3e47b75000b0924b6c9ba5759a7cf15d";

    [TestCase("thread")]
    [TestCase("process")]
    public void The_hit_cancels_the_rest_also_what_runs(string fabric)
    {
        // Two thousand million numbers are minutes of work, and a part of them, 125,000,000, takes longer than the grace. The one that is looked for is among
        // the first of the second part: a slave runs the first part by then, or holds it.
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = 2, Grace = TimeSpan.FromSeconds(6) });
        Assert.That(new Md5SearchApplication().Run(processor, ["--hash", HashOf125001999, "--last", "2000000000", "--parts", "16"]), Is.Zero);

        // A slave that did not stop when it was asked to would be ended for this.
        Assert.That(processor.ExecuteOnEverySlave(new SpinCommand(7, 0)).Values, Is.EqualTo(new[] { 7, 7 }));
        var statistics = processor.Statistics;
        Assert.That(statistics.SlavesLost, Is.Zero);
        Assert.That(statistics.Cancelled, Is.GreaterThan(0));
        Assert.That(statistics.Done, Is.LessThan(16));
    }

    [Test]
    public void A_hash_of_no_number_is_told_and_ends_with_1()
    {
        Assert.That(BuiltInApplications.Run("md5-search", () => Processor.Load("thread", slaves: 2), "--hash", HashOfAWord, "--last", "5000"), Is.EqualTo((1, $"{HashOfAWord} is the hash of no number from 1 to 5000\n")));
    }
}
