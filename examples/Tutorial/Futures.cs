using System;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>One command at a time, for programs that do not know their work in advance.</summary>
internal static class Futures
{
    internal static int Run(Processor processor)
    {
        // Where is cos x = x? Each round narrows the bracket with four commands at once.
        var (low, high) = (0.0, 1.0);
        for (var round = 0; round < 12; round++)
        {
            var width = (high - low) / 5;
            var futures = new Task<double>[4];
            for (var i = 0; i < futures.Length; i++)
            {
                futures[i] = processor.Submit(new Difference(low + ((i + 1) * width)));
            }

            var values = Task.WhenAll(futures).Result;      // await works as well, and from any thread
            var below = Array.FindLastIndex(values, value => value > 0) + 1;
            (low, high) = (low + (below * width), low + ((below + 1) * width));
        }

        Console.WriteLine(FormattableString.Invariant($"cos x = x at {low:F8}"));
        Console.WriteLine(FormattableString.Invariant($"off by {Math.Abs(processor.Execute(new Difference(low))):F8}"));
        return 0;
    }
}

internal sealed class Difference(double x) : SlaveCommand<double>
{
    public override double Run(ISlaveContext slave) => Math.Cos(x) - x;
}
