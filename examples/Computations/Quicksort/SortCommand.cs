using System;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.Computations;

/// <summary>Sorts numbers, on a slave: the array is the slave's own copy.</summary>
internal sealed class SortCommand(int[] numbers) : SlaveCommand<int[]>
{
    public override int[] Run(ISlaveContext slave)
    {
        Array.Sort(numbers);
        return numbers;
    }
}
