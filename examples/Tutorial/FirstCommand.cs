using System;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>Commands go out, values come home.</summary>
internal static class FirstCommand
{
    internal static int Run(Processor processor)
    {
        var total = 0.0;
        foreach (var rate in new[] { 0.5, 1.0, 2.0 })
        {
            processor.AddToQueue(new AreaUnderDecay(rate), area => total += area);
        }

        processor.RunQueue();
        Console.WriteLine(FormattableString.Invariant($"three areas make {total:F6}"));
        return 0;
    }
}

/// <summary>Integrates e^(-k x) from 0 to 100 by the midpoint rule.</summary>
internal sealed class AreaUnderDecay(double rate) : SlaveCommand<double>
{
    public override double Run(ISlaveContext slave)
    {
        const int steps = 1_000_000;
        const double width = 100.0 / steps;
        var area = 0.0;
        for (var i = 0; i < steps; i++)
        {
            area += Math.Exp(-rate * (i + 0.5) * width) * width;
        }

        return area;
    }
}
