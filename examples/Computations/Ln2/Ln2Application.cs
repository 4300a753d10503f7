using System;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>Parts of a sum on the slaves, the sum of the parts on the master: in the order of the parts, so that its last digit is the same everywhere.</summary>
[Application("ln2", "Adds up the alternating harmonic series, whose sum is ln 2, in parts.")]
public sealed class Ln2Application : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<Ln2Options>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var sum = 0.0;
        processor.Map(
            Parts.Of(1, options.Terms, options.Parts),
            part => AlternatingSum(part.First, part.Last),
            (partSum, _) => sum += partSum,                                         // on this thread, one after the other: no lock
            new MapOptions { ReduceInOrder = true });

        Console.WriteLine($"{options.Terms} terms in {options.Parts} parts: {sum:F11}");
        Console.WriteLine($"above ln 2 by {sum - Math.Log(2):R}");
        return ExitCodes.Success;
    }

    /// <summary>1/n for odd n, -1/n for even n, from <paramref name="first"/> to <paramref name="last"/>.</summary>
    internal static double AlternatingSum(int first, int last)
    {
        var sum = 0.0;
        for (var n = first; n <= last; n++)
        {
            sum += (n % 2 == 0 ? -1.0 : 1.0) / n;
        }

        return sum;
    }
}
