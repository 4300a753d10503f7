using System.Collections.Generic;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>Changes its own fields and arguments, and tells what it found before it did.</summary>
public sealed class MutateCommand(int[] numbers, List<string> names) : SlaveCommand<string>
{
    /// <summary>How often this object ran.</summary>
    public int Runs { get; private set; }

    /// <inheritdoc/>
    public override string Run(ISlaveContext slave)
    {
        var found = $"{Runs};{string.Join(',', numbers)};{string.Join(',', names)}";
        Runs++;
        numbers[0] = -1;
        names.Add("changed");
        return found;
    }
}

/// <summary>Brings its own list home.</summary>
public sealed class ReturnArgumentCommand(List<int> list) : SlaveCommand<List<int>>
{
    /// <inheritdoc/>
    public override List<int> Run(ISlaveContext slave) => list;
}

/// <summary>Brings home the sum of the array called <paramref name="name"/>.</summary>
public sealed class SumDataCommand(string name) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        var sum = 0;
        foreach (var number in slave.Data.Get<int[]>(name))
        {
            sum += number;
        }

        return sum;
    }
}
