using System;
using System.Globalization;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>An item that failed, as a command of its own: the block's facts under the item's label.</summary>
internal sealed class ItemInfo(ICommandInfo block, long index, int attemptsBefore) : ICommandInfo
{
    public long Id => block.Id;

    public string Label { get; } = string.Create(CultureInfo.InvariantCulture, $"{block.Label}[{index}]");

    public int Rank => block.Rank;

    public int Attempts => block.Attempts + attemptsBefore;

    public CommandStatus Status => CommandStatus.Failed;

    public TimeSpan Duration => block.Duration;

    public CommandOutput Output => block.Output;
}
