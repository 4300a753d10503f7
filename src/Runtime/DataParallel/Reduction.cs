using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Reductions over maps.</summary>
internal static class Reduction
{
    /// <summary>Items in a block of the tree: part of the contract, since the shape of the tree decides how floating-point sums are rounded.</summary>
    internal const int BlockItems = 1024;

    /// <summary>Values that one command combines above the blocks: a power of two, so that its tree is a part of the whole one.</summary>
    private const int GroupValues = 32;

    internal static IReadOnlyList<TOut> OnMaster<T, TResult, TOut>(Processor processor, IEnumerable<T> items, ItemWork<T, TResult> work, Func<TResult, long, TOut> reduce, MapOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        var reduced = new List<TOut>();
        foreach (var result in MapStart.Unordered(processor, MapStart.Open(items), work, options, cancellation, options?.ReduceInOrder ?? false))
        {
            while (reduced.Count <= result.Index)
            {
                reduced.Add(default!);
            }

            reduced[(int)result.Index] = reduce(result.Value, result.Index);
        }

        return reduced;
    }

    internal static TResult OnSlaves<T, TResult>(Processor processor, IEnumerable<T> items, TreeWork<T, TResult> work, Func<TResult, TResult, TResult> combine, MapOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(items);
        var blocks = MapStart.Lazy(processor, MapStart.Open(items.Chunk(BlockItems)), work, options, cancellation);
        var join = new JoinWork<TResult>(combine);
        var values = MapStart.Lazy(processor, MapStart.Open(blocks.Chunk(GroupValues)), join, options, cancellation).ToList();
        while (values.Count > 1)
        {
            values = [.. MapStart.Lazy(processor, MapStart.Open(values.Chunk(GroupValues)), join, options, cancellation)];
        }

        return values.Count == 1 ? values[0] : throw new InvalidOperationException("There is nothing to reduce: the input has no items.");
    }

    /// <summary>Joins neighbours, level by level; a value without a neighbour goes up as it is. Overwrites <paramref name="values"/>.</summary>
    internal static TResult Tree<TResult>(TResult[] values, Func<TResult, TResult, TResult> combine)
    {
        for (var count = values.Length; count > 1; count = (count + 1) / 2)
        {
            for (var i = 0; i < count / 2; i++)
            {
                values[i] = combine(values[2 * i], values[(2 * i) + 1]);
            }

            if (count % 2 == 1)
            {
                values[count / 2] = values[count - 1];
            }
        }

        return values[0];
    }
}

/// <summary>Works on the items of a block of the tree, then joins their values.</summary>
internal sealed class TreeWork<T, TResult>(Func<T, TResult>? function, Func<T, HpcRuntime.Commands.ISlaveContext, TResult>? slaveFunction, Func<TResult, TResult, TResult> combineFunction) : SlaveWork<T[], TResult>
{
    internal override Delegate Function => function ?? (Delegate)slaveFunction!;

    protected override TResult Call(T[] item, ItemContext slave)
    {
        var values = new TResult[item.Length];
        var first = slave.Index * Reduction.BlockItems;
        for (var i = 0; i < item.Length; i++)
        {
            slave.Begin(first + i);
            values[i] = function is not null ? function(item[i]) : slaveFunction!(item[i], slave);
        }

        return Reduction.Tree(values, combineFunction);
    }
}

/// <summary>Joins neighbouring values.</summary>
internal sealed class JoinWork<TResult>(Func<TResult, TResult, TResult> combineFunction) : SlaveWork<TResult[], TResult>
{
    internal override Delegate Function => combineFunction;

    protected override TResult Call(TResult[] item, ItemContext slave) => Reduction.Tree(item, combineFunction);
}
