using System;
using System.Collections.Generic;
using HpcRuntime.Wire.Codecs;

namespace HpcRuntime.Wire;

public sealed partial class WireWriter
{
    private const int CacheSize = 32;

    private readonly IdentityMap _identities = new();
    private readonly Queue<Deferred> _deferred = new();
    private readonly Codec?[] _recent = new Codec?[CacheSize];
    private int _depth;
    private int _eager;

    /// <summary>How many <see cref="Lent{T}"/> surround what is being written.</summary>
    internal int LentDepth { get; set; }

    /// <summary>A type by its number.</summary>
    internal void WriteType(Type type) => WriteVarUInt((ulong)Types.IdOf(type));

    internal void WriteRoot(object value)
    {
        var codec = CodecFor(value.GetType());
        WriteVarUInt((ulong)Types.IdOf(codec) + Tags.FirstType);
        if (!codec.MayHoldTracked)
        {
            // Nothing below can refer to anything twice, nor back to the root.
            codec.WriteHead(this, value);
            codec.WriteBody(this, value);
            return;
        }

        if (codec.Tracking == Tracking.Before)
        {
            _identities.Add(value);
        }

        codec.WriteHead(this, value);
        codec.WriteBody(this, value);
        while (_deferred.TryDequeue(out var next))
        {
            LentDepth = next.Lent;
            next.Codec.WriteBody(this, next.Value);
        }

        Forget();
    }

    internal void WriteReference(object? value, Type declared)
    {
        if (value is null)
        {
            WriteByte(Tags.Null);
            return;
        }

        var type = value.GetType();
        var codec = CodecFor(type);
        if (codec.Tracking != Tracking.None && _identities.TryFind(value, out var index))
        {
            WriteByte(Tags.Back);
            WriteVarUInt((ulong)index);
            return;
        }

        var tag = codec.Type == declared ? Tags.Exact : (ulong)Types.IdOf(codec) + Tags.FirstType;
        if (codec.Tracking == Tracking.Before)
        {
            _identities.Add(value);
        }

        // A long chain (a linked list of a million nodes) must not recurse a million times: from here on bodies wait in a queue.
        if (_depth >= Tags.SoftDepth && codec.Deferrable && _eager == 0)
        {
            WriteByte(Tags.Deferred);
            WriteVarUInt(tag);
            codec.WriteHead(this, value);
            _deferred.Enqueue(new Deferred(codec, value, LentDepth));
            return;
        }

        if (Tags.IsTooDeep(_depth))
        {
            throw new WireTypeException($"A {TypeNames.Of(type)} is nested more than {Tags.HardDepth} deep in values that can only be written inside each other.", type);
        }

        WriteVarUInt(tag);
        _depth++;
        codec.WriteHead(this, value);
        codec.WriteBody(this, value);
        _depth--;
        if (codec.Tracking == Tracking.After)
        {
            _identities.Add(value);
        }
    }

    /// <summary>Until <see cref="EndEager"/>, objects are written whole where they are met, because the receiver needs them whole (the keys of an immutable dictionary).</summary>
    internal void BeginEager() => _eager++;

    internal void EndEager() => _eager--;

    internal void AddBlock(Array array, nuint bytes)
    {
        if (LentDepth > 0)
        {
            _blocks.Add(new WireBlock(array, bytes, WireBlockOwnership.Lent));
        }
        else if (SnapshotArrays)
        {
            // The clone stays unchanged as long as the snapshot may be sent again, and a slave that changes its argument must not change it: exactly what Lent promises.
            _blocks.Add(new WireBlock((Array)array.Clone(), bytes, WireBlockOwnership.Lent));
        }
        else
        {
            _blocks.Add(new WireBlock(array, bytes, WireBlockOwnership.Sender));
        }
    }

    internal void AddOwnedBlock(Array array, nuint bytes) => _blocks.Add(new WireBlock(array, bytes, WireBlockOwnership.Shared));

    private Codec CodecFor(Type type)
    {
        var at = type.GetHashCode() & (CacheSize - 1);
        var codec = _recent[at];
        if (codec is not null && ReferenceEquals(codec.Type, type))
        {
            return codec;
        }

        codec = CodecTable.Of(type);
        if (ReferenceEquals(codec.Type, type))
        {
            _recent[at] = codec;
        }

        return codec;
    }

    private void Forget()
    {
        _identities.Clear();
        _deferred.Clear();
        _depth = 0;
        _eager = 0;
        LentDepth = 0;
    }

    private readonly record struct Deferred(Codec Codec, object Value, int Lent);
}
