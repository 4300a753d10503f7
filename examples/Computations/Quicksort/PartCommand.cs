using System;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.Computations;

/// <summary>Parts numbers in two, on a slave.</summary>
internal sealed class PartCommand(int[] numbers) : SlaveCommand<Halves>
{
    public override Halves Run(ISlaveContext slave)
    {
        var pivot = Pivot();
        var low = Array.FindAll(numbers, number => number < pivot);
        var high = Array.FindAll(numbers, number => number >= pivot);
        return new Halves(low, high);
    }

    /// <summary>The median of nine numbers from all over. Places that are fixed, not drawn: the number of leaves and their bounds are the same in every run.</summary>
    private int Pivot()
    {
        if (numbers.Length == 0)
        {
            return 0;
        }

        var sample = new int[9];
        for (var i = 0; i < sample.Length; i++)
        {
            sample[i] = numbers[(int)((long)i * (numbers.Length - 1) / (sample.Length - 1))];
        }

        Array.Sort(sample);
        return sample[sample.Length / 2];
    }
}
