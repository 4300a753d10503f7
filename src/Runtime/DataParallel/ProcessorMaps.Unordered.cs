using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <content>Results as they come.</content>
public static partial class ProcessorMaps
{
    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="items">The items; lazy and endless inputs are read only as far ahead as keeps the slaves busy.</param>
    /// <param name="work">A function of the item; it travels with a copy of what it captured, taken now.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    /// <exception cref="Wire.WireTypeException">Something that the function captured cannot travel; the message names the variable.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense; the message names it.</exception>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new PlainWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated: a function of the item and its slave.</summary>
    /// <inheritdoc cref="MapUnordered{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, ISlaveContext, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new ContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated: an asynchronous function of the item; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="MapUnordered{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new AsyncWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated: an asynchronous function of the item and its slave; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="MapUnordered{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, ISlaveContext, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new AsyncContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="items">The items; read only as far ahead as keeps the slaves busy.</param>
    /// <param name="work">A function of the item; it travels with a copy of what it captured, taken now.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    /// <exception cref="Wire.WireTypeException">Something that the function captured cannot travel; the message names the variable.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense; the message names it.</exception>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new PlainWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated: a function of the item and its slave.</summary>
    /// <inheritdoc cref="MapUnordered{T, TResult}(Processor, IAsyncEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, ISlaveContext, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new ContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated: an asynchronous function of the item; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="MapUnordered{T, TResult}(Processor, IAsyncEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new AsyncWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item; the results come as they are ready, each with its index. Nothing runs before they are enumerated: an asynchronous function of the item and its slave; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="MapUnordered{T, TResult}(Processor, IAsyncEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<MapResult<TResult>> MapUnordered<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, ISlaveContext, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Unordered(processor, MapStart.Open(items), new AsyncContextWork<T, TResult>(f), options, cancellation));
}
