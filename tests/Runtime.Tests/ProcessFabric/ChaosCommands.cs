using System.Diagnostics;
using HpcRuntime.Commands;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Computes for so many microseconds and returns its number.</summary>
public sealed class SpinCommand(int number, int microseconds) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        var end = Stopwatch.GetTimestamp() + (microseconds * Stopwatch.Frequency / 1_000_000);
        while (Stopwatch.GetTimestamp() < end)
        {
        }

        return number;
    }
}
