using System;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>A function that is bound to the slaves once and then called like any other.</summary>
[Application("primes", "Adds up the prime numbers below several limits, by trial division.")]
public sealed class PrimesApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<PrimesOptions>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var sumBelow = processor.Bind<int, long>(SumOfPrimesBelow);
        var first = sumBelow(100);                                                  // begins now, on some slave
        var limits = Enumerable.Range(0, options.Jobs).Select(job => options.From + (job * options.Step)).ToArray();
        var sums = limits.Select(sumBelow).ToArray();

        Console.WriteLine($"primes below 100 add up to {first.Result}");            // waits for that one only
        foreach (var (limit, sum) in limits.Zip(sums))
        {
            Console.WriteLine($"primes below {limit} add up to {sum.Result}");
        }

        return ExitCodes.Success;
    }

    internal static long SumOfPrimesBelow(int limit)
    {
        var sum = limit > 2 ? 2L : 0L;
        for (var number = 3; number < limit; number += 2)
        {
            sum += IsPrime(number) ? number : 0;
        }

        return sum;
    }

    private static bool IsPrime(int odd)
    {
        for (var divisor = 3; divisor * divisor <= odd; divisor += 2)
        {
            if (odd % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }
}
