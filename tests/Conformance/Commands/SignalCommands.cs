using System;
using System.IO;
using HpcRuntime.Commands;

namespace HpcRuntime.Conformance;

/// <summary>Gives a signal and brings <paramref name="value"/> home.</summary>
public sealed class GiveSignalCommand(string path, int value = 0) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        File.WriteAllText(path, string.Empty);
        return value;
    }
}

/// <summary>Waits for a signal, by default 20 s at most, and brings <paramref name="value"/> home. It heeds its token.</summary>
public sealed class AwaitSignalCommand(string path, int value = 0, string? started = null) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        if (started is not null)
        {
            File.WriteAllText(started, string.Empty);
        }

        if (!Pause.Until(() => File.Exists(path), 20_000, slave.Cancellation))
        {
            slave.Cancellation.ThrowIfCancellationRequested();
            throw new TimeoutException($"No signal at {path}.");
        }

        return value;
    }
}

/// <summary>Ends once <paramref name="count"/> such commands run at the same time: proof that as many slaves are at work.</summary>
public sealed class MeetCommand(string folder, int index, int count) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        File.WriteAllText(Path.Combine(folder, $"meet-{index}"), string.Empty);
        return Pause.Until(() => Directory.GetFiles(folder, "meet-*").Length >= count, 15_000, slave.Cancellation)
            ? slave.Rank
            : throw new TimeoutException("The others did not come.");
    }
}

/// <summary>Leaves one file for each execution, named after its rank, so that executions can be counted.</summary>
public sealed class LeaveTraceCommand(string folder, int index) : SlaveCommand<int>
{
    /// <inheritdoc/>
    public override int Run(ISlaveContext slave)
    {
        File.WriteAllText(Path.Combine(folder, $"trace-{index}-{Guid.NewGuid():N}"), string.Empty);
        return index;
    }
}
