using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Runtime.InteropServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A collection made from its items at once, so that it can be referred to only after them. What is hashed or compared is written whole.</summary>
internal abstract class FrozenCodec<TCollection, TItem>() : Codec(typeof(TCollection)) where TCollection : class, IReadOnlyCollection<TItem>
{
    private readonly Slot<TItem> _slot = Slot<TItem>.Instance;

    public override Tracking Tracking => Tracking.After;

    public override void WriteBody(WireWriter writer, object value)
    {
        var collection = (TCollection)value;
        writer.BeginEager();
        writer.WriteReference(Comparer(collection), typeof(object));
        writer.WriteReference(ValueComparer(collection), typeof(object));
        writer.WriteVarUInt((ulong)collection.Count);
        foreach (var item in collection)
        {
            var copy = item;
            _slot.Write(writer, ref copy);
        }

        writer.EndEager();
    }

    public override object Allocate(WireReader reader)
    {
        var comparer = reader.ReadReference(typeof(object));
        var valueComparer = reader.ReadReference(typeof(object));
        var items = new TItem[reader.ReadCount(_slot.MinimumSize)];
        foreach (ref var item in items.AsSpan())
        {
            _slot.Read(reader, ref item);
        }

        return Make(items, comparer, valueComparer);
    }

    /// <summary>Null for the default comparer.</summary>
    protected virtual object? Comparer(TCollection collection) => null;

    /// <inheritdoc cref="Comparer"/>
    protected virtual object? ValueComparer(TCollection collection) => null;

    protected abstract TCollection Make(TItem[] items, object? comparer, object? valueComparer);
}

/// <summary>What it wraps is not seen from outside; it arrives wrapping a copy.</summary>
internal sealed class ReadOnlyCollectionCodec<T> : FrozenCodec<ReadOnlyCollection<T>, T>
{
    protected override ReadOnlyCollection<T> Make(T[] items, object? comparer, object? valueComparer) => new(items);
}

/// <inheritdoc cref="ReadOnlyCollectionCodec{T}"/>
internal sealed class ReadOnlyDictionaryCodec<TKey, TValue> : FrozenCodec<ReadOnlyDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> where TKey : notnull
{
    protected override ReadOnlyDictionary<TKey, TValue> Make(KeyValuePair<TKey, TValue>[] items, object? comparer, object? valueComparer) => new(new Dictionary<TKey, TValue>(items));
}

internal sealed class ImmutableListCodec<T> : FrozenCodec<ImmutableList<T>, T>
{
    protected override ImmutableList<T> Make(T[] items, object? comparer, object? valueComparer) => [.. items];
}

internal sealed class ImmutableHashSetCodec<T> : FrozenCodec<ImmutableHashSet<T>, T>
{
    protected override object? Comparer(ImmutableHashSet<T> collection) => collection.KeyComparer.Equals(EqualityComparer<T>.Default) ? null : collection.KeyComparer;

    protected override ImmutableHashSet<T> Make(T[] items, object? comparer, object? valueComparer) => ImmutableHashSet.CreateRange((IEqualityComparer<T>?)comparer, items);
}

internal sealed class ImmutableSortedSetCodec<T> : FrozenCodec<ImmutableSortedSet<T>, T>
{
    protected override object? Comparer(ImmutableSortedSet<T> collection) => collection.KeyComparer.Equals(Comparer<T>.Default) ? null : collection.KeyComparer;

    protected override ImmutableSortedSet<T> Make(T[] items, object? comparer, object? valueComparer) => ImmutableSortedSet.CreateRange((IComparer<T>?)comparer, items);
}

internal sealed class ImmutableDictionaryCodec<TKey, TValue> : FrozenCodec<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> where TKey : notnull
{
    protected override object? Comparer(ImmutableDictionary<TKey, TValue> collection) => collection.KeyComparer.Equals(EqualityComparer<TKey>.Default) ? null : collection.KeyComparer;

    protected override object? ValueComparer(ImmutableDictionary<TKey, TValue> collection) => collection.ValueComparer.Equals(EqualityComparer<TValue>.Default) ? null : collection.ValueComparer;

    protected override ImmutableDictionary<TKey, TValue> Make(KeyValuePair<TKey, TValue>[] items, object? comparer, object? valueComparer) =>
        ImmutableDictionary.CreateRange((IEqualityComparer<TKey>?)comparer, (IEqualityComparer<TValue>?)valueComparer, items);
}

internal sealed class ImmutableSortedDictionaryCodec<TKey, TValue> : FrozenCodec<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>> where TKey : notnull
{
    protected override object? Comparer(ImmutableSortedDictionary<TKey, TValue> collection) => collection.KeyComparer.Equals(Comparer<TKey>.Default) ? null : collection.KeyComparer;

    protected override object? ValueComparer(ImmutableSortedDictionary<TKey, TValue> collection) => collection.ValueComparer.Equals(EqualityComparer<TValue>.Default) ? null : collection.ValueComparer;

    protected override ImmutableSortedDictionary<TKey, TValue> Make(KeyValuePair<TKey, TValue>[] items, object? comparer, object? valueComparer) =>
        ImmutableSortedDictionary.CreateRange((IComparer<TKey>?)comparer, (IEqualityComparer<TValue>?)valueComparer, items);
}

internal sealed class ImmutableArrayCodec<T> : ValueCodec<ImmutableArray<T>>
{
    public override int MinimumSize => 1;

    public override void Write(WireWriter writer, ref ImmutableArray<T> value) => writer.WriteReference(ImmutableCollectionsMarshal.AsArray(value), typeof(T[]));

    public override void Read(WireReader reader, ref ImmutableArray<T> value) => value = ImmutableCollectionsMarshal.AsImmutableArray((T[]?)reader.ReadReference(typeof(T[])));
}
