using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>The one way in for every map of this floor.</summary>
internal static class MapStart
{
    /// <summary>A map over a collection, which begins now.</summary>
    internal static OrderedResults<TResult> Ordered<T, TResult>(Processor processor, IReadOnlyCollection<T> items, ItemWork<T, TResult> work, MapOptions? options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentNullException.ThrowIfNull(items);
        var copy = items.ToArray();
        var results = new OrderedResults<TResult>(copy.Length);
        var map = new MapRun<T, TResult>(processor, new ArrayInput<T>(copy), work, processor.TakeRunNumber(), (options ?? new MapOptions()).Check(), results, bounded: false, cancellation) { FeedsItself = true };
        results.Map = map;
        map.Feed();
        return results;
    }

    /// <summary>A map over a lazy input, which begins when it is enumerated.</summary>
    internal static LazyResults<TResult> Lazy<T, TResult>(Processor processor, Func<MapInput<T>> open, ItemWork<T, TResult> work, MapOptions? options, CancellationToken cancellation)
    {
        var begin = Prepare(processor, open, work, options, inOrder: true, cancellation);
        return new LazyResults<TResult>((isAsync, token) =>
        {
            var (map, store, input) = begin(isAsync, token);
            return new ValueCursor<TResult>(map, store, input);
        });
    }

    /// <summary>A map whose results come as they are ready, which begins when it is enumerated.</summary>
    internal static LazyResults<MapResult<TResult>> Unordered<T, TResult>(Processor processor, Func<MapInput<T>> open, ItemWork<T, TResult> work, MapOptions? options, CancellationToken cancellation, bool inOrder = false)
    {
        var begin = Prepare(processor, open, work, options, inOrder, cancellation);
        return new LazyResults<MapResult<TResult>>((isAsync, token) =>
        {
            var (map, store, input) = begin(isAsync, token);
            return new IndexedCursor<TResult>(map, store, input);
        });
    }

    internal static Func<MapInput<T>> Open<T>(IEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return () => new SequenceInput<T>(items);
    }

    internal static Func<MapInput<T>> Open<T>(IAsyncEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return () => new AsyncSequenceInput<T>(items);
    }

    /// <summary>Takes the function's copy now, whenever the enumeration begins; what cannot travel is refused here.</summary>
    private static Func<bool, CancellationToken, (MapRun Map, PieceStore<TResult> Store, MapInput<T> Input)> Prepare<T, TResult>(
        Processor processor, Func<MapInput<T>> open, ItemWork<T, TResult> work, MapOptions? options, bool inOrder, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(processor);
        var settings = (options ?? new MapOptions()).Check();
        var copy = processor.Copy(work, out _);
        var run = processor.TakeRunNumber();
        return (isAsync, token) =>
        {
            var store = new PieceStore<TResult>(inOrder);
            var input = open();
            var both = token.CanBeCanceled && cancellation.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(token, cancellation).Token : token.CanBeCanceled ? token : cancellation;
            return (new MapRun<T, TResult>(processor, input, copy, run, settings, store, bounded: true, both) { IsAsync = isAsync }, store, input);
        };
    }
}
