using System;
using System.Diagnostics;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>What a command saw of its slave.</summary>
public sealed record SlaveFacts(int Index, int Rank, int Size, string Name, int Attempt, string? Label, string Host, int ProcessId);

/// <summary>Tells what it sees of its slave.</summary>
public sealed class FactsCommand(int index = 0) : SlaveCommand<SlaveFacts>
{
    /// <inheritdoc/>
    public override SlaveFacts Run(ISlaveContext slave) =>
        new(index, slave.Rank, slave.Size, slave.Name, slave.Attempt, slave.Label, Environment.MachineName, Environment.ProcessId);
}

/// <summary>When and where a command ran, by the machine's monotonic clock.</summary>
public sealed record WorkSpan(int Rank, long Start, long End);

/// <summary>Takes some time, heeding nothing, and tells when it ran.</summary>
public sealed class WorkCommand(int milliseconds) : SlaveCommand<WorkSpan>
{
    /// <inheritdoc/>
    public override WorkSpan Run(ISlaveContext slave)
    {
        var start = Stopwatch.GetTimestamp();
        Pause.For(milliseconds);
        return new WorkSpan(slave.Rank, start, Stopwatch.GetTimestamp());
    }
}
