using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Cookbook;

/// <summary>Inputs without an end, or that take their time.</summary>
internal static class LazyMaps
{
    internal static int Run(Processor processor)
    {
        foreach (var prime in processor.Map(Naturals(), n => (Number: n, IsPrime: IsPrime(n))).Where(n => n.IsPrime).Select(n => n.Number))
        {
            if (prime > 1000)
            {
                Console.WriteLine(prime);
                break;                                                              // what remains is cancelled
            }
        }

        var hit = processor.MapUnordered(Enumerable.Range(0, 100), n => n * n).First(result => result.Value == 2500);
        Console.WriteLine($"{hit.Index} squared is {hit.Value}");
        SumAsync(processor).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task SumAsync(Processor processor)
    {
        var sum = 0;
        await foreach (var value in processor.Map(MeasuredAsync(), x => 2 * x, new MapOptions { Window = 16 }))
        {
            sum += value;
        }

        Console.WriteLine(sum);
    }

    private static IEnumerable<int> Naturals()
    {
        for (var n = 1; ; n++)
        {
            yield return n;
        }
    }

    private static async IAsyncEnumerable<int> MeasuredAsync()
    {
        for (var i = 0; i < 100; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static bool IsPrime(int n) => n > 1 && Enumerable.Range(2, (int)Math.Sqrt(n)).TakeWhile(d => d * d <= n).All(d => n % d != 0);
}
