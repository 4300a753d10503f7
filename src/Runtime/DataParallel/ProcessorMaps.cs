using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>The same function for many items. Items travel in blocks, so that small ones are cheap; each has its own random stream, its own failure and its own place, however they travelled.</summary>
public static partial class ProcessorMaps
{
    /// <summary>Works on every item of a collection, beginning now; the results are in input order.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="items">The items; the collection is copied now. What its objects hold is read when their block is sent out: leave them unchanged until the results are there.</param>
    /// <param name="work">A function of the item; it travels with a copy of what it captured, taken now.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    /// <exception cref="Wire.WireTypeException">Something that the function captured cannot travel; the message names the variable.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense; the message names it.</exception>
    public static OrderedResults<TResult> Map<T, TResult>(this Processor processor, IReadOnlyCollection<T> items, Func<T, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Ordered(processor, items, new PlainWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of a collection, beginning now; the results are in input order: a function of the item and its slave.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IReadOnlyCollection{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static OrderedResults<TResult> Map<T, TResult>(this Processor processor, IReadOnlyCollection<T> items, Func<T, ISlaveContext, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Ordered(processor, items, new ContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of a collection, beginning now; the results are in input order: an asynchronous function of the item; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IReadOnlyCollection{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static OrderedResults<TResult> Map<T, TResult>(this Processor processor, IReadOnlyCollection<T> items, Func<T, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Ordered(processor, items, new AsyncWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of a collection, beginning now; the results are in input order: an asynchronous function of the item and its slave; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IReadOnlyCollection{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static OrderedResults<TResult> Map<T, TResult>(this Processor processor, IReadOnlyCollection<T> items, Func<T, ISlaveContext, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Ordered(processor, items, new AsyncContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of a lazy input; the results are in input order. Nothing runs before they are enumerated.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="items">The items; lazy and endless inputs are read only as far ahead as keeps the slaves busy.</param>
    /// <param name="work">A function of the item; it travels with a copy of what it captured, taken now.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    /// <exception cref="Wire.WireTypeException">Something that the function captured cannot travel; the message names the variable.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense; the message names it.</exception>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new PlainWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of a lazy input; the results are in input order. Nothing runs before they are enumerated: a function of the item and its slave.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, ISlaveContext, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new ContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of a lazy input; the results are in input order. Nothing runs before they are enumerated: an asynchronous function of the item; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new AsyncWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of a lazy input; the results are in input order. Nothing runs before they are enumerated: an asynchronous function of the item and its slave; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IEnumerable<T> items, Func<T, ISlaveContext, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new AsyncContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of an asynchronous input; the results are in input order. Nothing runs before they are enumerated.</summary>
    /// <param name="processor">The processor whose slaves work.</param>
    /// <param name="items">The items; read only as far ahead as keeps the slaves busy.</param>
    /// <param name="work">A function of the item; it travels with a copy of what it captured, taken now.</param>
    /// <param name="options">Block size, concurrency, window, timeout and so on; null for the defaults.</param>
    /// <param name="cancellation">Ends the map.</param>
    /// <exception cref="Wire.WireTypeException">Something that the function captured cannot travel; the message names the variable.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense; the message names it.</exception>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new PlainWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of an asynchronous input; the results are in input order. Nothing runs before they are enumerated: a function of the item and its slave.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IAsyncEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, ISlaveContext, TResult> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new ContextWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of an asynchronous input; the results are in input order. Nothing runs before they are enumerated: an asynchronous function of the item; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IAsyncEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new AsyncWork<T, TResult>(f), options, cancellation));

    /// <summary>Works on every item of an asynchronous input; the results are in input order. Nothing runs before they are enumerated: an asynchronous function of the item and its slave; a slave works on one item at a time.</summary>
    /// <inheritdoc cref="Map{T, TResult}(Processor, IAsyncEnumerable{T}, Func{T, TResult}, MapOptions, CancellationToken)"/>
    public static LazyResults<TResult> Map<T, TResult>(this Processor processor, IAsyncEnumerable<T> items, Func<T, ISlaveContext, Task<TResult>> work, MapOptions? options = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(work, f => MapStart.Lazy(processor, MapStart.Open(items), new AsyncContextWork<T, TResult>(f), options, cancellation));
}
