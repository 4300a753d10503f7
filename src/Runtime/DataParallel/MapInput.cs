using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.DataParallel;

/// <summary>Where the items of a map come from. One reader at a time.</summary>
internal abstract class MapInput<T> : IDisposable
{
    /// <summary>How many items there are; null when nobody knows.</summary>
    internal virtual int? Count => null;

    /// <summary>Reads up to <paramref name="most"/> items, fewer when they are slow to come. Empty at the end. What the input throws goes through.</summary>
    internal abstract T[] Read(int most);

    /// <summary>The same without waiting; null where it would have to.</summary>
    internal virtual T[]? TryRead(int most) => Read(most);

    public virtual void Dispose()
    {
    }
}

/// <summary>A copy of a collection.</summary>
internal sealed class ArrayInput<T>(T[] items) : MapInput<T>
{
    private int _next;

    internal override int? Count => items.Length;

    internal override T[] Read(int most)
    {
        var block = items.AsSpan(_next, Math.Min(most, items.Length - _next)).ToArray();
        _next += block.Length;
        return block;
    }
}

/// <summary>A lazy sequence.</summary>
internal sealed class SequenceInput<T>(IEnumerable<T> sequence) : MapInput<T>
{
    /// <summary>A block is not held back longer than this for an input that is slow.</summary>
    private static readonly long Patience = Stopwatch.Frequency / 1000;

    private IEnumerator<T>? _items;
    private bool _ended;

    internal override T[] Read(int most)
    {
        if (_ended)
        {
            return [];
        }

        _items ??= sequence.GetEnumerator();
        var block = new T[most];
        var count = 0;
        var until = Stopwatch.GetTimestamp() + Patience;
        while (count < block.Length && ((count & 15) != 1 || Stopwatch.GetTimestamp() < until))
        {
            if (!_items.MoveNext())
            {
                _ended = true;
                break;
            }

            block[count++] = _items.Current;
        }

        if (count < block.Length)
        {
            Array.Resize(ref block, count);
        }

        return block;
    }

    public override void Dispose()
    {
        _items?.Dispose();
        base.Dispose();
    }
}

/// <summary>An asynchronous sequence. It is read ahead of its reader by one item at most.</summary>
internal sealed class AsyncSequenceInput<T>(IAsyncEnumerable<T> sequence) : MapInput<T>
{
    private readonly CancellationTokenSource _cancel = new();
    private IAsyncEnumerator<T>? _items;
    private Task<bool>? _next;

    /// <summary>Ends when <see cref="TryRead"/> would return something.</summary>
    internal Task Ready => Next();

    internal override T[]? TryRead(int most)
    {
        var block = new List<T>();
        while (block.Count < most && Next() is { IsCompleted: true } next)
        {
            if (!next.GetAwaiter().GetResult())
            {
                return [.. block]; // Empty at the end, and from then on.
            }

            block.Add(_items!.Current);
            _next = null;
        }

        return block.Count == 0 ? null : [.. block];
    }

    internal override T[] Read(int most)
    {
        while (true)
        {
            if (TryRead(most) is { } block)
            {
                return block;
            }

            Ready.GetAwaiter().GetResult();
        }
    }

    public override void Dispose()
    {
        _cancel.Cancel();
        if (_items is { } items)
        {
            // What it is waiting for ends first: an asynchronous iterator may not be disposed while it runs.
            _ = (_next ?? Task.FromResult(false)).ContinueWith(_ => items.DisposeAsync().AsTask(), TaskScheduler.Default);
        }

        _cancel.Dispose();
        base.Dispose();
    }

    private Task<bool> Next()
    {
        _items ??= sequence.GetAsyncEnumerator(_cancel.Token);
        return _next ??= _items.MoveNextAsync().AsTask();
    }
}
