using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>Maps inside commands and maps: they run on the slave that meets them, one item after the other, so that they neither wait for other slaves nor crowd them.</summary>
public static class SlaveMaps
{
    /// <summary>Applies a function to every item, here and now; the results are in input order. What it throws goes through.</summary>
    public static TResult[] Map<T, TResult>(this ISlaveContext slave, IEnumerable<T> items, Func<T, TResult> work)
    {
        ArgumentNullException.ThrowIfNull(slave);
        return [.. items.Select(work)];
    }

    /// <summary>Applies a function that uses its slave to every item, here and now. Each item has a random stream of its own, which follows from the parent's and the item's index.</summary>
    public static TResult[] Map<T, TResult>(this ISlaveContext slave, IEnumerable<T> items, Func<T, ISlaveContext, TResult> work)
    {
        ArgumentNullException.ThrowIfNull(slave);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(work);
        var context = new ItemContext(slave, new BlockPlace(0, slave.Random.Key, 0, 0, null));
        var results = new List<TResult>();
        foreach (var item in items)
        {
            context.Begin(results.Count);
            results.Add(work(item, context));
        }

        return [.. results];
    }
}
