using System;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>Random numbers belong to the command, not to the slave that happens to run it.</summary>
internal static class RandomNumbers
{
    internal static int Run(Processor processor)
    {
        var walks = new double[1000];
        for (var i = 0; i < walks.Length; i++)
        {
            var place = i;
            processor.AddToQueue(new Walk(steps: 100), distance => walks[place] = distance);
        }

        processor.RunQueue();
        var sum = 0.0;
        foreach (var distance in walks)                     // in order: a sum in order of arrival would differ in its last digits
        {
            sum += distance * distance;
        }

        Console.WriteLine(FormattableString.Invariant($"mean square distance {sum / walks.Length:R}"));
        return 0;
    }
}

internal sealed class Walk(int steps) : SlaveCommand<double>
{
    public override double Run(ISlaveContext slave)
    {
        var (x, y) = (0.0, 0.0);
        for (var step = 0; step < steps; step++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * slave.Random.NextDouble());
            (x, y) = (x + cosine, y + sine);
        }

        return Math.Sqrt((x * x) + (y * y));
    }
}
