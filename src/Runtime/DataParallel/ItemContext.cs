using System;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;
using Serilog;

namespace HpcRuntime.DataParallel;

/// <summary>What one item of a block sees of its slave: the block's context, with the item's own attempt, label and random stream.</summary>
[CannotTravel("a slave stays where it is; return what the master needs instead")]
internal sealed class ItemContext(ISlaveContext block, BlockPlace place) : ISlaveContext
{
    private RandomStream? _random;

    public int Rank => block.Rank;

    public int Size => block.Size;

    public string Name => block.Name;

    public int Attempt => block.Attempt + place.AttemptsBefore;

    public string? Label => place.Label ?? block.Label;

    public CancellationToken Cancellation => block.Cancellation;

    public RandomStream Random => _random ??= new RandomStream(place.Key.Child(Index));

    public IDataStore Data => block.Data;

    public ILogger Log => block.Log;

    /// <summary>The item's place in the input.</summary>
    internal long Index { get; private set; }

    internal ISlaveContext Block => block;

    /// <summary>Whether this item was told to give way to one before it.</summary>
    internal bool IsDeferred { get; set; }

    public void ReturnResult(ResultCommand result) => throw new NotSupportedException("An item of a map brings its value home; result commands go with commands that are queued.");

    internal void Begin(long index)
    {
        Index = index;
        _random = null;
    }
}

/// <summary>Leaves an item that is to be done again later.</summary>
internal sealed class ItemDeferredException : OperationCanceledException;
