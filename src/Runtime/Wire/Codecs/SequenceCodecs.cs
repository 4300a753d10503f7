using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A collection that is rebuilt by adding its items in order.</summary>
internal abstract class SequenceCodec<TCollection, T>() : Codec(typeof(TCollection)) where TCollection : class
{
    protected Slot<T> Slot { get; } = Slot<T>.Instance;

    public override bool Deferrable => true;

    public override bool MayHoldTracked => Slot.MayHoldTracked;

    public override void WriteBody(WireWriter writer, object value)
    {
        var collection = (TCollection)value;
        var items = Items(collection).ToArray();
        writer.WriteVarUInt((ulong)items.Length);
        foreach (ref var item in items.AsSpan())
        {
            Slot.Write(writer, ref item);
        }
    }

    public override object Allocate(WireReader reader) => Make();

    public override void Populate(WireReader reader, object value)
    {
        var items = new T[reader.ReadCount(Slot.MinimumSize)];
        foreach (ref var item in items.AsSpan())
        {
            Slot.Read(reader, ref item);
        }

        var collection = (TCollection)value;
        foreach (var item in items)
        {
            Add(collection, item);
        }
    }

    protected abstract IEnumerable<T> Items(TCollection collection);

    protected abstract TCollection Make();

    protected abstract void Add(TCollection collection, T item);
}

internal sealed class QueueCodec<T> : SequenceCodec<Queue<T>, T>
{
    protected override IEnumerable<T> Items(Queue<T> collection) => collection;

    protected override Queue<T> Make() => new();

    protected override void Add(Queue<T> collection, T item) => collection.Enqueue(item);
}

internal sealed class StackCodec<T> : SequenceCodec<Stack<T>, T>
{
    protected override IEnumerable<T> Items(Stack<T> collection) => collection.Reverse();

    protected override Stack<T> Make() => new();

    protected override void Add(Stack<T> collection, T item) => collection.Push(item);
}

internal sealed class LinkedListCodec<T> : SequenceCodec<LinkedList<T>, T>
{
    protected override IEnumerable<T> Items(LinkedList<T> collection) => collection;

    protected override LinkedList<T> Make() => new();

    protected override void Add(LinkedList<T> collection, T item) => collection.AddLast(item);
}

internal sealed class CollectionCodec<T> : SequenceCodec<Collection<T>, T>
{
    protected override IEnumerable<T> Items(Collection<T> collection) => collection;

    protected override Collection<T> Make() => [];

    protected override void Add(Collection<T> collection, T item) => collection.Add(item);
}

/// <summary>Its items; whoever listens to its changes stays behind.</summary>
internal sealed class ObservableCodec<T> : SequenceCodec<ObservableCollection<T>, T>
{
    protected override IEnumerable<T> Items(ObservableCollection<T> collection) => collection;

    protected override ObservableCollection<T> Make() => [];

    protected override void Add(ObservableCollection<T> collection, T item) => collection.Add(item);
}

internal sealed class ConcurrentQueueCodec<T> : SequenceCodec<ConcurrentQueue<T>, T>
{
    protected override IEnumerable<T> Items(ConcurrentQueue<T> collection) => collection;

    protected override ConcurrentQueue<T> Make() => new();

    protected override void Add(ConcurrentQueue<T> collection, T item) => collection.Enqueue(item);
}
