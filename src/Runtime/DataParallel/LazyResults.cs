using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.DataParallel;

/// <summary>The results of a map over a lazy, endless or asynchronous input. Nothing runs before it is enumerated; every enumeration is a run of its own, with the same random numbers.
/// The input is read as far ahead as keeps the slaves busy and no further, in a <c>foreach</c> on the enumerating thread. Leaving the loop cancels what remains.</summary>
/// <typeparam name="TItem">What is enumerated: a result, or <see cref="MapResult{TResult}"/>.</typeparam>
/// <remarks>The enumerator's <c>Current</c> throws what an item failed with; the items behind it can still be asked for.
/// <c>await foreach</c> works as well; then the input is read on whichever thread goes on.</remarks>
public sealed class LazyResults<TItem> : IEnumerable<TItem>
{
    private readonly Func<bool, CancellationToken, IResultCursor<TItem>> _start;

    internal LazyResults(Func<bool, CancellationToken, IResultCursor<TItem>> start) => _start = start;

    /// <summary>Starts a run and enumerates its results; each step waits for the next, driving the processor.</summary>
    public IEnumerator<TItem> GetEnumerator() => new Enumerator(_start(false, default));

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Starts a run and enumerates its results, for <c>await foreach</c>.</summary>
    /// <param name="cancellation">Ends the run.</param>
    public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellation = default) => new AsyncEnumerator(_start(true, cancellation));

    /// <summary>The same as an asynchronous sequence.</summary>
    public IAsyncEnumerable<TItem> ToAsyncEnumerable() => new AsyncView(this);

    private sealed class Enumerator(IResultCursor<TItem> cursor) : IEnumerator<TItem>
    {
        public TItem Current => cursor.Current;

        object? IEnumerator.Current => Current;

        public bool MoveNext()
        {
            while (true)
            {
                if (cursor.TryMove(out var version) is { } moved)
                {
                    return moved;
                }

                cursor.WaitForNews(version);
            }
        }

        public void Reset() => throw new NotSupportedException("A run cannot begin again; enumerate the results once more for another.");

        public void Dispose() => cursor.Dispose();
    }

    private sealed class AsyncEnumerator(IResultCursor<TItem> cursor) : IAsyncEnumerator<TItem>
    {
        public TItem Current => cursor.Current;

        public ValueTask<bool> MoveNextAsync() => cursor.TryMove(out var version) is { } moved ? ValueTask.FromResult(moved) : WaitAndMoveAsync(version);

        public ValueTask DisposeAsync()
        {
            cursor.Dispose();
            return ValueTask.CompletedTask;
        }

        private async ValueTask<bool> WaitAndMoveAsync(int version)
        {
            while (true)
            {
                await cursor.NewsAsync(version).ConfigureAwait(false);
                if (cursor.TryMove(out version) is { } moved)
                {
                    return moved;
                }
            }
        }
    }

    private sealed class AsyncView(LazyResults<TItem> results) : IAsyncEnumerable<TItem>
    {
        public IAsyncEnumerator<TItem> GetAsyncEnumerator(CancellationToken cancellationToken = default) => results.GetAsyncEnumerator(cancellationToken);
    }
}

/// <summary>One enumeration of results.</summary>
internal interface IResultCursor<out TItem> : IDisposable
{
    TItem Current { get; }

    /// <summary>Moves to the next result, if it is there: true. False at the end; null when one must wait for news.</summary>
    bool? TryMove(out int version);

    void WaitForNews(int version);

    Task NewsAsync(int version);
}
