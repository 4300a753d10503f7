using System;
using System.Numerics;

namespace HpcRuntime.Primitives;

/// <summary>A double-ended queue in one growing ring. Not thread-safe.</summary>
internal sealed class ArrayDeque<T>
{
    private T[] _items;
    private int _head;

    internal ArrayDeque(int capacity = 16) => _items = new T[BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 4))];

    internal int Count { get; private set; }

    internal ref T this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count);
            return ref _items[(_head + index) & (_items.Length - 1)];
        }
    }

    internal void AddLast(T item)
    {
        Grow();
        _items[(_head + Count) & (_items.Length - 1)] = item;
        Count++;
    }

    internal void AddFirst(T item)
    {
        Grow();
        _head = (_head - 1) & (_items.Length - 1);
        _items[_head] = item;
        Count++;
    }

    internal T RemoveFirst()
    {
        var item = this[0];
        _items[_head] = default!;
        _head = (_head + 1) & (_items.Length - 1);
        Count--;
        return item;
    }

    internal T RemoveLast()
    {
        ref var slot = ref this[Count - 1];
        var item = slot;
        slot = default!;
        Count--;
        return item;
    }

    /// <summary>Removes the item at <paramref name="index"/>; the items before it move by one.</summary>
    internal T RemoveAt(int index)
    {
        var item = this[index];
        for (var i = index; i > 0; i--)
        {
            this[i] = this[i - 1];
        }

        RemoveFirst();
        return item;
    }

    internal void Clear()
    {
        Array.Clear(_items);
        _head = 0;
        Count = 0;
    }

    private void Grow()
    {
        if (Count < _items.Length)
        {
            return;
        }

        var larger = new T[checked(_items.Length * 2)];
        var first = _items.Length - _head;
        Array.Copy(_items, _head, larger, 0, first);
        Array.Copy(_items, 0, larger, first, _head);
        _items = larger;
        _head = 0;
    }
}
