using System;
using System.Collections.Concurrent;
using System.Collections.Generic;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A collection that finds its items by their hash or order. Items that hold references are put in at the very end, when they are complete.</summary>
/// <typeparam name="TCollection">The collection.</typeparam>
/// <typeparam name="TKey">What is hashed or compared.</typeparam>
/// <typeparam name="TItem">What is added.</typeparam>
/// <typeparam name="TComparer">The interface of the comparer.</typeparam>
internal abstract class KeyedCodec<TCollection, TKey, TItem, TComparer>() : Codec(typeof(TCollection)) where TCollection : class where TComparer : class
{
    private readonly bool _complete = !Slot<TKey>.Instance.MayHoldTracked;

    public override bool Deferrable => true;

    public override void WriteHead(WireWriter writer, object value) => writer.WriteReference(Comparer((TCollection)value), typeof(TComparer));

    public override void WriteBody(WireWriter writer, object value)
    {
        var collection = (TCollection)value;
        writer.WriteVarUInt((ulong)Count(collection));
        WriteItems(writer, collection);
    }

    public override object Allocate(WireReader reader) => Make((TComparer?)reader.ReadReference(typeof(TComparer)));

    public override void Populate(WireReader reader, object value)
    {
        var collection = (TCollection)value;
        var items = new TItem[reader.ReadCount(MinimumItemSize)];
        foreach (ref var item in items.AsSpan())
        {
            item = ReadItem(reader);
        }

        if (_complete)
        {
            AddAll(reader, collection, items);
        }
        else
        {
            reader.Last(() => AddAll(reader, collection, items));
        }
    }

    protected abstract int MinimumItemSize { get; }

    /// <summary>Null for the default comparer.</summary>
    protected abstract TComparer? Comparer(TCollection collection);

    protected abstract int Count(TCollection collection);

    protected abstract void WriteItems(WireWriter writer, TCollection collection);

    protected abstract TItem ReadItem(WireReader reader);

    protected abstract TCollection Make(TComparer? comparer);

    /// <summary>False where it is there already.</summary>
    protected abstract bool Add(TCollection collection, TItem item);

    private void AddAll(WireReader reader, TCollection collection, TItem[] items)
    {
        foreach (var item in items)
        {
            if (!Add(collection, item))
            {
                throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: a {TypeNames.Of(Type)} has one key twice.");
            }
        }
    }
}

/// <summary>A set.</summary>
internal abstract class SetCodec<TSet, T, TComparer> : KeyedCodec<TSet, T, T, TComparer> where TSet : class, ISet<T> where TComparer : class
{
    private readonly Slot<T> _slot = Slot<T>.Instance;

    public override bool MayHoldTracked => true;

    protected override int MinimumItemSize => _slot.MinimumSize;

    protected override int Count(TSet collection) => collection.Count;

    protected override void WriteItems(WireWriter writer, TSet collection)
    {
        foreach (var item in collection)
        {
            var copy = item;
            _slot.Write(writer, ref copy);
        }
    }

    protected override T ReadItem(WireReader reader)
    {
        T item = default!;
        _slot.Read(reader, ref item);
        return item;
    }

    protected override bool Add(TSet collection, T item) => collection.Add(item);
}

/// <summary>A dictionary.</summary>
internal abstract class MapCodec<TMap, TKey, TValue, TComparer> : KeyedCodec<TMap, TKey, KeyValuePair<TKey, TValue>, TComparer>
    where TMap : class, IDictionary<TKey, TValue> where TComparer : class where TKey : notnull
{
    private readonly Slot<TKey> _key = Slot<TKey>.Instance;
    private readonly Slot<TValue> _value = Slot<TValue>.Instance;

    protected override int MinimumItemSize => _key.MinimumSize + _value.MinimumSize;

    protected override int Count(TMap collection) => collection.Count;

    protected override void WriteItems(WireWriter writer, TMap collection)
    {
        foreach (var (key, value) in collection)
        {
            var keyCopy = key;
            var valueCopy = value;
            _key.Write(writer, ref keyCopy);
            _value.Write(writer, ref valueCopy);
        }
    }

    protected override KeyValuePair<TKey, TValue> ReadItem(WireReader reader)
    {
        TKey key = default!;
        TValue value = default!;
        _key.Read(reader, ref key);
        _value.Read(reader, ref value);
        return new KeyValuePair<TKey, TValue>(key, value);
    }

    protected override bool Add(TMap collection, KeyValuePair<TKey, TValue> item)
    {
        if (collection.ContainsKey(item.Key))
        {
            return false;
        }

        collection.Add(item);
        return true;
    }
}

internal sealed class HashSetCodec<T> : SetCodec<HashSet<T>, T, IEqualityComparer<T>>
{
    protected override IEqualityComparer<T>? Comparer(HashSet<T> collection) => collection.Comparer.Equals(EqualityComparer<T>.Default) ? null : collection.Comparer;

    protected override HashSet<T> Make(IEqualityComparer<T>? comparer) => new(comparer);
}

internal sealed class SortedSetCodec<T> : SetCodec<SortedSet<T>, T, IComparer<T>>
{
    protected override IComparer<T>? Comparer(SortedSet<T> collection) => collection.Comparer.Equals(Comparer<T>.Default) ? null : collection.Comparer;

    protected override SortedSet<T> Make(IComparer<T>? comparer) => new(comparer);
}

internal sealed class DictionaryCodec<TKey, TValue> : MapCodec<Dictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>> where TKey : notnull
{
    protected override IEqualityComparer<TKey>? Comparer(Dictionary<TKey, TValue> collection) => collection.Comparer.Equals(EqualityComparer<TKey>.Default) ? null : collection.Comparer;

    protected override Dictionary<TKey, TValue> Make(IEqualityComparer<TKey>? comparer) => new(comparer);
}

internal sealed class SortedDictionaryCodec<TKey, TValue> : MapCodec<SortedDictionary<TKey, TValue>, TKey, TValue, IComparer<TKey>> where TKey : notnull
{
    protected override IComparer<TKey>? Comparer(SortedDictionary<TKey, TValue> collection) => collection.Comparer.Equals(Comparer<TKey>.Default) ? null : collection.Comparer;

    protected override SortedDictionary<TKey, TValue> Make(IComparer<TKey>? comparer) => new(comparer);
}

internal sealed class SortedListCodec<TKey, TValue> : MapCodec<SortedList<TKey, TValue>, TKey, TValue, IComparer<TKey>> where TKey : notnull
{
    protected override IComparer<TKey>? Comparer(SortedList<TKey, TValue> collection) => collection.Comparer.Equals(Comparer<TKey>.Default) ? null : collection.Comparer;

    protected override SortedList<TKey, TValue> Make(IComparer<TKey>? comparer) => new(comparer);
}

internal sealed class ConcurrentDictionaryCodec<TKey, TValue> : MapCodec<ConcurrentDictionary<TKey, TValue>, TKey, TValue, IEqualityComparer<TKey>> where TKey : notnull
{
    protected override IEqualityComparer<TKey>? Comparer(ConcurrentDictionary<TKey, TValue> collection) => collection.Comparer.Equals(EqualityComparer<TKey>.Default) ? null : collection.Comparer;

    protected override ConcurrentDictionary<TKey, TValue> Make(IEqualityComparer<TKey>? comparer) => new(comparer);
}

internal sealed class PriorityQueueCodec<TElement, TPriority> : KeyedCodec<PriorityQueue<TElement, TPriority>, TPriority, (TElement Element, TPriority Priority), IComparer<TPriority>>
{
    private readonly Slot<TElement> _element = Slot<TElement>.Instance;
    private readonly Slot<TPriority> _priority = Slot<TPriority>.Instance;

    protected override int MinimumItemSize => _element.MinimumSize + _priority.MinimumSize;

    protected override IComparer<TPriority>? Comparer(PriorityQueue<TElement, TPriority> collection) => collection.Comparer.Equals(Comparer<TPriority>.Default) ? null : collection.Comparer;

    protected override int Count(PriorityQueue<TElement, TPriority> collection) => collection.Count;

    protected override PriorityQueue<TElement, TPriority> Make(IComparer<TPriority>? comparer) => new(comparer);

    protected override void WriteItems(WireWriter writer, PriorityQueue<TElement, TPriority> collection)
    {
        foreach (var (element, priority) in collection.UnorderedItems)
        {
            var elementCopy = element;
            var priorityCopy = priority;
            _element.Write(writer, ref elementCopy);
            _priority.Write(writer, ref priorityCopy);
        }
    }

    protected override (TElement Element, TPriority Priority) ReadItem(WireReader reader)
    {
        TElement element = default!;
        TPriority priority = default!;
        _element.Read(reader, ref element);
        _priority.Read(reader, ref priority);
        return (element, priority);
    }

    protected override bool Add(PriorityQueue<TElement, TPriority> collection, (TElement Element, TPriority Priority) item)
    {
        collection.Enqueue(item.Element, item.Priority);
        return true;
    }
}
