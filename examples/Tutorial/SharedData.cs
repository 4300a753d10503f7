using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>What many commands need is sent once to every rank.</summary>
internal static class SharedData
{
    internal static int Run(Processor processor)
    {
        var sums = new double[2, 4];
        for (var version = 0; version < 2; version++)
        {
            processor.SendData("spectrum", Enumerable.Range(0, 100_000).Select(i => i % 7 * (version + 1.0)).ToArray());
            for (var part = 0; part < 4; part++)
            {
                var (row, column) = (version, part);
                processor.AddToQueue(new SumPart(part, parts: 4), sum => sums[row, column] = sum);
            }
        }

        processor.RunQueue();                               // each command sees the spectrum of when it was queued
        Console.WriteLine(FormattableString.Invariant($"first {sums[0, 0] + sums[0, 1] + sums[0, 2] + sums[0, 3]}, then {sums[1, 0] + sums[1, 1] + sums[1, 2] + sums[1, 3]}"));
        return 0;
    }
}

internal sealed class SumPart(int part, int parts) : SlaveCommand<double>
{
    public override double Run(ISlaveContext slave)
    {
        var spectrum = slave.Data.Get<double[]>("spectrum");
        var length = spectrum.Length / parts;
        return spectrum.AsSpan(part * length, length).ToArray().Sum();
    }
}
