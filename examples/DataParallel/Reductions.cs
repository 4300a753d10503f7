using System;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>Many results into one.</summary>
internal static class Reductions
{
    internal static int Run(Processor processor)
    {
        var words = "the quick brown fox jumps over the lazy dog".Split(' ');
        var longest = string.Empty;
        var lengths = processor.Map(words, word => word.ToUpperInvariant(), (word, index) =>    // on this thread, one after the other
        {
            longest = index == 4 ? word : longest;
            return word.Length;
        });
        Console.WriteLine($"{longest} {string.Join(' ', lengths)}");

        var harmonic = processor.Reduce(Enumerable.Range(1, 100_000), n => 1.0 / n, (a, b) => a + b);   // a tree, on the slaves
        Console.WriteLine(FormattableString.Invariant($"{harmonic:R}"));                               // the same digits everywhere

        var darts = processor.Reduce(Enumerable.Range(0, 50_000), (_, slave) => slave.Random.NextDouble() * slave.Random.NextDouble() < 0.25 ? 1 : 0, (a, b) => a + b);
        Console.WriteLine(darts);
        return 0;
    }
}
