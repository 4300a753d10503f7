using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.Processing;

/// <summary>Commands as the master holds them, without a processor.</summary>
internal static class Entries
{
    internal static CommandEntry Of(long id, int priority = 0, QueueRun? run = null, string? label = null) =>
        new(id, new CommandKind(nameof(EchoCommand)), [], null, null, new CommandOptions { Priority = priority, Label = label }, new DataEpoch(0), queuedAt: 0) { Run = run };
}

/// <summary>Returns what it was given.</summary>
internal sealed class EchoCommand(int value) : SlaveCommand<int>
{
    public int Value => value;

    public override int Run(ISlaveContext slave) => value;
}
