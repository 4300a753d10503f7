using System;
using System.Globalization;
using HpcRuntime.Commands;

namespace HpcRuntime.Examples.CrashDemo;

/// <summary>An ordinary command beside the one that crashes.</summary>
internal sealed class SquareCommand(int number) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the square of {number} is {number * number}"));
        return number * number;
    }
}

/// <summary>Which process a slave is.</summary>
internal sealed class ProcessIdCommand : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave) => Environment.ProcessId;
}
