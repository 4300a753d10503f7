using System;
using System.Collections;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace HpcRuntime.DataParallel;

/// <summary>The results of a map over a collection, in input order. The map goes on by itself; whoever asks for a result waits for that one only. An item that failed throws where it is asked for, and nowhere else.
/// Any number of enumerations, from any thread. <c>await foreach</c> works as well.</summary>
/// <typeparam name="TResult">The result of one item.</typeparam>
/// <remarks>Asking throws <see cref="Commands.SlaveCommandException"/> for an item that threw, <see cref="Commands.SlaveLostException"/> for one that was lost with its slaves, <see cref="Commands.CommandTimeoutException"/>
/// for one that took too long, <see cref="OperationCanceledException"/> for what had not been done when the map was cancelled. A failure that nobody has looked at when the program ends makes its exit code 1.</remarks>
public sealed class OrderedResults<TResult> : IReadOnlyList<TResult>, IMapSink<TResult>
{
    private const byte Done = 1;
    private const byte Failed = 2;

    private readonly TResult[] _values;
    private readonly byte[] _states; // By index, under the map's gate; a state that is not 0 stays.
    private readonly Dictionary<long, Exception> _failures = [];
    private readonly TaskCompletionSource _failure = new();
    private int _left;

    internal OrderedResults(int count)
    {
        _values = new TResult[count];
        _states = new byte[count];
        _left = count;
    }

    /// <summary>How many items there are. Does not wait.</summary>
    public int Count => _values.Length;

    /// <summary>Whether every item has ended, well or not. Does not wait.</summary>
    public bool IsCompleted => Volatile.Read(ref _left) == 0 || Map.Stopped is not null;

    internal MapRun Map { get; set; } = null!;

    /// <summary>The result of one item. Waits for that item; throws what it failed with.</summary>
    public TResult this[int index]
    {
        get
        {
            Require(index, 1);
            WaitFor(index, 1);
            return Get(index);
        }
    }

    /// <summary>The results of neighbouring items; what <c>results[2..5]</c> calls. Waits for those items; throws what the first of them that failed did with.</summary>
    public TResult[] Slice(int start, int length)
    {
        Require(start, length);
        WaitFor(start, length);
        var slice = new TResult[length];
        for (var i = 0; i < length; i++)
        {
            slice[i] = Get(start + i);
        }

        return slice;
    }

    /// <summary>All results. Waits for all items; throws what the first that failed, in input order, did with.</summary>
    public TResult[] ToArray()
    {
        WaitFor(0, Count);
        if (_failures.Count == 0 && Volatile.Read(ref _left) == 0)
        {
            return (TResult[])_values.Clone();
        }

        return Slice(0, Count);
    }

    /// <summary>What an item failed with; null when it ended well. Waits for that item.</summary>
    public Exception? FailureAt(int index)
    {
        Require(index, 1);
        WaitFor(index, 1);
        return Failure(index);
    }

    /// <summary>Waits for all items, however they end.</summary>
    public void Wait() => WaitFor(0, Count);

    /// <summary>The result of one item, for whoever awaits.</summary>
    public async Task<TResult> GetAsync(int index)
    {
        Require(index, 1);
        await UntilAsync(index).ConfigureAwait(false);
        return Get(index);
    }

    /// <summary>All results, for whoever awaits; fails with what the first item that failed, in input order, did with.</summary>
    public async Task<TResult[]> ToArrayAsync()
    {
        for (var i = 0; i < Count; i++)
        {
            if (!IsKnown(i, 1))
            {
                await UntilAsync(i).ConfigureAwait(false);
            }
        }

        return ToArray();
    }

    /// <summary>Ends the map: items that have not ended are cancelled. Results that are there stay.</summary>
    public void Cancel() => Map.Stop(new OperationCanceledException("The map was cancelled."));

    /// <summary>Results in input order; each step waits for the next. Throws at an item that failed.</summary>
    public IEnumerator<TResult> GetEnumerator()
    {
        for (var i = 0; i < Count;)
        {
            WaitFor(i, 1);
            var known = WellFrom(i);
            if (known == 0)
            {
                yield return Get(i++);
            }

            for (var end = i + known; i < end; i++)
            {
                yield return _values[i];
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Results in input order, for <c>await foreach</c>.</summary>
    public async IAsyncEnumerator<TResult> GetAsyncEnumerator(CancellationToken cancellation = default)
    {
        for (var i = 0; i < Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            yield return await GetAsync(i).ConfigureAwait(false);
        }
    }

    void IMapSink<TResult>.Take(MapPiece<TResult> piece)
    {
        var (first, count) = ((int)piece.First, piece.Values.Length);
        piece.Values.CopyTo(_values, first);
        _states.AsSpan(first, count).Fill(Done);
        foreach (var (index, failure) in piece.Failures ?? [])
        {
            _states[index] = Failed;
            if (_failures.Count == 0)
            {
                Map.Processor.Futures.Watch(_failure.Task, failure is Commands.SlaveLostException);
                _failure.SetException(failure);
            }

            _failures.Add(index, failure);
        }

        Volatile.Write(ref _left, _left - count);
    }

    /// <summary>How many items from one on have ended well, in a row: whose values are read without the gate.</summary>
    private int WellFrom(int index)
    {
        lock (Map.Gate)
        {
            var well = _states.AsSpan(index).IndexOfAnyExcept(Done);
            return well < 0 ? Count - index : well;
        }
    }

    private TResult Get(int index)
    {
        if (Failure(index) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return _values[index];
    }

    private Exception? Failure(int index)
    {
        lock (Map.Gate)
        {
            switch (_states[index])
            {
                case Done:
                    return null;
                case Failed:
                    _ = _failure.Task.Exception; // Looked at.
                    return _failures[index];
                default:
                    return Map.Stopped;
            }
        }
    }

    private void WaitFor(int start, int length)
    {
        for (var waited = false; ; waited = true)
        {
            var version = Map.Version;
            var known = IsKnown(start, length);
            if (!known || waited)
            {
                Map.Feed(); // Also on leaving: what ended meanwhile left the feeding to this thread.
            }

            if (known)
            {
                return;
            }

            Map.WaitForNews(version);
        }
    }

    private async Task UntilAsync(int index)
    {
        while (true)
        {
            var version = Map.Version;
            if (IsKnown(index, 1))
            {
                return;
            }

            await Map.NewsAsync(version).ConfigureAwait(false);
        }
    }

    private bool IsKnown(int start, int length)
    {
        if (Volatile.Read(ref _left) == 0)
        {
            return true;
        }

        lock (Map.Gate)
        {
            return !_states.AsSpan(start, length).Contains((byte)0) || Map.Stopped is not null;
        }
    }

    private void Require(int index, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (index > Count - length)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"The map has {Count} items.");
        }
    }
}
