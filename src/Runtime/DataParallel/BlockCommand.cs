using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.DataParallel;

/// <summary>Some items of a map, with the work or, where that is large, the name under which it was sent ahead.</summary>
internal sealed class BlockCommand<T, TResult>(ItemWork<T, TResult>? work, string? workName, Lent<T[]> items, BlockPlace place, object kindKey) : SlaveCommand<BlockResult<TResult>>
{
    [NonSerialized]
    private readonly object? _kindKey = kindKey;

    internal override object KindKey => _kindKey!;

    internal override string KindLabel => "map";

    public override BlockResult<TResult> Run(ISlaveContext slave)
    {
        var values = new TResult[items.Value.Length];
        var run = new BlockRun(slave, place, values.Length);
        (work ?? slave.Data.Get<ItemWork<T, TResult>>(workName!)).Run(items.Value, values, run);
        if (run.Done < values.Length)
        {
            Array.Resize(ref values, run.Done);
        }

        return new BlockResult<TResult>(values, run.Failures, run.Failures is null ? null : new SlaveFacts(slave.Name, Environment.MachineName, Environment.ProcessId));
    }
}

/// <summary>What a block brings home: the values of the items that were worked on, which are fewer than were sent where it gave its rest back.</summary>
internal sealed class BlockResult<TResult>(TResult[] values, List<ItemFailure>? failures, SlaveFacts? slave)
{
    internal TResult[] Values { get; } = values;

    internal List<ItemFailure>? Failures { get; } = failures;

    /// <summary>Who ran it; null when nothing failed.</summary>
    internal SlaveFacts? Slave { get; } = slave;
}

/// <summary>Which slave it was.</summary>
internal sealed record SlaveFacts(string Name, string Host, int ProcessId);
