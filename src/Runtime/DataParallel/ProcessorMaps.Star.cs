using System;
using System.Collections.Generic;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <content>Tuples spread over parameters, and commands as items.</content>
public static partial class ProcessorMaps
{
    /// <summary>Works on every pair, its parts as the function's parameters; the results are in input order.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IReadOnlyCollection{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static OrderedResults<TResult> StarMap<T1, T2, TResult>(this Processor processor, IReadOnlyCollection<(T1 First, T2 Second)> items, Func<T1, T2, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Ordered(processor, items, new PairWork<T1, T2, TResult>(f), options, cancellation));

    /// <summary>Works on every triple, its parts as the function's parameters; the results are in input order.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IReadOnlyCollection{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static OrderedResults<TResult> StarMap<T1, T2, T3, TResult>(this Processor processor, IReadOnlyCollection<(T1 First, T2 Second, T3 Third)> items, Func<T1, T2, T3, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Ordered(processor, items, new TripleWork<T1, T2, T3, TResult>(f), options, cancellation));

    /// <summary>Runs commands in blocks, as items of a map; the values are in input order.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    public static OrderedResults<TResult> Map<TResult>(this Processor processor, IReadOnlyCollection<SlaveCommand<TResult>> commands, MapOptions? options = null, CancellationToken cancellation = default) =>
        MapStart.Ordered(processor, commands, new CommandWork<TResult>(), options, cancellation);

    /// <summary>Works on every pair, its parts as the function's parameters; the results are in input order.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> StarMap<T1, T2, TResult>(this Processor processor, IEnumerable<(T1 First, T2 Second)> items, Func<T1, T2, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new PairWork<T1, T2, TResult>(f), options, cancellation));

    /// <summary>Works on every triple, its parts as the function's parameters; the results are in input order.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> StarMap<T1, T2, T3, TResult>(this Processor processor, IEnumerable<(T1 First, T2 Second, T3 Third)> items, Func<T1, T2, T3, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new TripleWork<T1, T2, T3, TResult>(f), options, cancellation));

    /// <summary>Runs commands in blocks, as items of a map; the values are in input order.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="commands">The commands.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    public static LazyResults<TResult> Map<TResult>(this Processor processor, IEnumerable<SlaveCommand<TResult>> commands, MapOptions? options = null, CancellationToken cancellation = default) =>
        MapStart.Lazy(processor, MapStart.Open(commands), new CommandWork<TResult>(), options, cancellation);
}
