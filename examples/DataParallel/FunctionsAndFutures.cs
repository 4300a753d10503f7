using System;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>Any function as a command.</summary>
internal static class FunctionsAndFutures
{
    internal static int Run(Processor processor)
    {
        var scale = 10;
        Task<int> one = processor.Submit(() => scale * 7);                          // with a copy of what it captured
        Task<int> two = processor.Submit(slave => slave.Rank > 0 ? 1 : 0);          // with its slave
        Console.WriteLine($"{one.Result} {two.Result}");

        var power = processor.Bind((double x, int n) => Math.Pow(x, n));            // a function that runs on slaves when called
        var powers = Enumerable.Range(1, 5).Select(n => power(2, n)).ToArray();
        Console.WriteLine(string.Join(' ', powers.Select(p => p.Result)));

        processor.LimitGroup("disk", 1);                                            // one at a time of this group
        var sizes = Enumerable.Range(1, 3).Select(n => processor.Submit(() => 100 * n, new FutureOptions { Group = "disk", Priority = n })).ToArray();
        processor.WhenGroup("disk").Wait();
        Console.WriteLine(sizes.Sum(size => size.Result));
        return 0;
    }
}
