using System;
using System.Collections.Generic;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <content>Reductions: one after the other on the master, or as a tree on the slaves.</content>
public static partial class ProcessorMaps
{
    /// <summary>Works on every item on the slaves and hands each result, with its index, to <paramref name="reduce"/> on this thread, one after the other as they arrive, or in input order where
    /// <see cref="MapOptions.ReduceInOrder"/> asks for it. Returns what <paramref name="reduce"/> returned, in input order.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="items">The items; lazy inputs are read only as far ahead as keeps the slaves busy.</param>
    /// <param name="work">A function of the item; it travels with a copy of what it captured, taken now.</param>
    /// <param name="reduce">Takes a result and the index of its item; stays on the master. What it throws ends the map and goes through.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    /// <exception cref="SlaveCommandException">An item failed; the rest is cancelled. Likewise <see cref="SlaveLostException"/> and <see cref="CommandTimeoutException"/>.</exception>
    public static IReadOnlyList<TOut> Map<T, TResult, TOut>(this Processor processor, IEnumerable<T> items, Func<T, TResult> work, Func<TResult, long, TOut> reduce, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => Reduction.OnMaster(processor, items, new PlainWork<T, TResult>(f), reduce, options, cancellation));

    /// <summary>Works on every item with its slave, and reduces on this thread.</summary>
    /// <inheritdoc cref="Map{T, TResult, TOut}(Processor, IEnumerable{T}, Func{T, TResult}, Func{TResult, long, TOut}, MapOptions, CancellationToken)"/>
    public static IReadOnlyList<TOut> Map<T, TResult, TOut>(this Processor processor, IEnumerable<T> items, Func<T, ISlaveContext, TResult> work, Func<TResult, long, TOut> reduce, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => Reduction.OnMaster(processor, items, new ContextWork<T, TResult>(f), reduce, options, cancellation));

    /// <summary>Works on every item and combines the results on the slaves, as a tree of pairs of neighbours over aligned blocks of 1,024 items: the tree depends on the number of items only,
    /// so that the sum of floating-point numbers is the same to the last bit on every fabric, with any number of slaves. Waits for the value on this thread.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="items">The items; lazy inputs are read only as far ahead as keeps the slaves busy.</param>
    /// <param name="work">A function of the item.</param>
    /// <param name="combine">Joins the value of some items with that of those behind them; associative. It need not be commutative, and may change and return its first argument.</param>
    /// <param name="options">Concurrency, window, timeout and so on; null for the defaults. Its chunk size counts blocks of 1,024 items.</param>
    /// <param name="cancellation">Ends the reduction.</param>
    /// <exception cref="InvalidOperationException">There are no items.</exception>
    /// <exception cref="SlaveCommandException">An item or a combination failed; the rest is cancelled.</exception>
    public static TResult Reduce<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, TResult> work, Func<TResult, TResult, TResult> combine, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => FunctionNames.Submit(combine, c => Reduction.OnSlaves(processor, items, new TreeWork<T, TResult>(f, null, c), c, options, cancellation)));

    /// <summary>Works on every item with its slave and combines the results on the slaves.</summary>
    /// <inheritdoc cref="Reduce{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, Func{TResult, TResult, TResult}, MapOptions, CancellationToken)"/>
    public static TResult Reduce<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, ISlaveContext, TResult> work, Func<TResult, TResult, TResult> combine, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => FunctionNames.Submit(combine, c => Reduction.OnSlaves(processor, items, new TreeWork<T, TResult>(null, f, c), c, options, cancellation)));

    /// <summary>Combines the items themselves on the slaves.</summary>
    /// <inheritdoc cref="Reduce{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, Func{TResult, TResult, TResult}, MapOptions, CancellationToken)"/>
    public static T Reduce<T>(this Processor processor, IEnumerable<T> items, Func<T, T, T> combine, MapOptions? options = null, CancellationToken cancellation = default) =>
        Reduce(processor, items, static item => item, combine, options, cancellation);
}
