using System;
using System.Collections.Generic;
using System.Globalization;
using HpcRuntime.Wire.Codecs;

namespace HpcRuntime.Wire;

public sealed partial class WireReader
{
    private readonly Queue<(Codec Codec, object Value)> _deferred = new();
    private readonly List<Action> _last = [];
    private object?[] _objects = new object?[16];
    private int _objectCount;
    private int _depth;
    private long _budget;
    private WireBlockSource _blocks = WireBlockSource.None;
    private int _nextBlock;

    internal object? ReadRoot()
    {
        var tag = ReadVarUInt();
        if (tag < Tags.FirstType)
        {
            return tag == Tags.Null ? null : throw Malformed("the type of an object");
        }

        var codec = Types.CodecAt(tag - Tags.FirstType);
        if (!codec.MayHoldTracked)
        {
            var value = codec.Allocate(this);
            codec.Populate(this, value);
            return value;
        }

        var root = ReadContent(codec);
        while (_deferred.TryDequeue(out var next))
        {
            next.Codec.Populate(this, next.Value);
        }

        // By now every key is complete, so that its hash is the one it had on the other side.
        foreach (var step in _last)
        {
            step();
        }

        Forget();
        return root;
    }

    internal object? ReadReference(Type declared)
    {
        var tag = ReadVarUInt();
        if (tag == Tags.Null)
        {
            return null;
        }

        if (tag == Tags.Back)
        {
            return ReadBack(declared);
        }

        var deferred = tag == Tags.Deferred;
        if (deferred)
        {
            tag = ReadVarUInt();
        }

        if (tag is Tags.Null or Tags.Back or Tags.Deferred)
        {
            throw Malformed("the type of an object");
        }

        var codec = tag == Tags.Exact ? CodecTable.Of(declared) : Types.CodecAt(tag - Tags.FirstType);
        if (tag != Tags.Exact && !declared.IsAssignableFrom(codec.Type))
        {
            throw new WireFormatException($"A message from {Types.Peer} does not decode: it puts a {TypeNames.Of(codec.Type)} where a {TypeNames.Of(declared)} belongs.");
        }

        if (deferred)
        {
            if (!codec.Deferrable)
            {
                throw Malformed("an object whose content can come later");
            }

            var later = AllocateTracked(codec);
            _deferred.Enqueue((codec, later));
            return later;
        }

        if (Tags.IsTooDeep(_depth))
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"A message from {Types.Peer} does not decode: objects nest more than {Tags.HardDepth} deep."));
        }

        _depth++;
        var value = ReadContent(codec);
        _depth--;
        return value;
    }

    /// <summary>A type by its number.</summary>
    internal Type ReadType() => Types.TypeAt(ReadVarUInt());

    /// <summary>Runs <paramref name="step"/> once the whole of the root is there.</summary>
    internal void Last(Action step) => _last.Add(step);

    /// <summary>A number of elements, each of at least <paramref name="minimumSize"/> bytes, that the rest of the message can hold.</summary>
    internal int ReadCount(int minimumSize)
    {
        var count = ReadVarUInt();
        Spend(count, minimumSize);
        return (int)count;
    }

    /// <summary>Accounts for elements before room is made for them: no byte can stand for two elements, also not where arrays nest.</summary>
    internal void Spend(ulong count, int minimumSize)
    {
        if (count > (ulong)Array.MaxLength || count * (ulong)minimumSize > (ulong)Math.Min(Remaining, _budget))
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"A message from {Types.Peer} does not decode: {count} elements do not fit into its last {Remaining} bytes."));
        }

        _budget -= (long)count * minimumSize;
    }

    /// <summary>The next block, which must have exactly <paramref name="bytes"/> bytes: an array already there, whose type and shape the caller checks, else null, and then <see cref="FillBlock"/> follows.</summary>
    internal Array? TakeBlock(nuint bytes, out int index)
    {
        index = _nextBlock;
        if (index >= _blocks.Count)
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"A message from {Types.Peer} does not decode: it names block {index} but carries {_blocks.Count}."));
        }

        _nextBlock++;
        if (_blocks.ByteCount(index) != bytes)
        {
            throw new WireFormatException(string.Create(CultureInfo.InvariantCulture, $"A message from {Types.Peer} does not decode: block {index} has {_blocks.ByteCount(index)} bytes where {bytes} belong."));
        }

        return _blocks.TryTake(index);
    }

    internal void FillBlock(int index, Array destination) => _blocks.Fill(index, destination);

    internal void Forget()
    {
        if (_objectCount > 0)
        {
            Array.Clear(_objects, 0, _objectCount);
            if (_objectCount > 1 << 16)
            {
                _objects = new object?[16];
            }

            _objectCount = 0;
        }

        _deferred.Clear();
        _last.Clear();
        _depth = 0;
    }

    private object ReadContent(Codec codec)
    {
        var value = AllocateTracked(codec);
        codec.Populate(this, value);
        return value;
    }

    private object AllocateTracked(Codec codec)
    {
        if (codec.Tracking != Tracking.Before)
        {
            var made = codec.Allocate(this);
            if (codec.Tracking == Tracking.After)
            {
                _objects[NextObject()] = made;
            }

            return made;
        }

        var number = NextObject();
        var value = codec.Allocate(this);
        _objects[number] = value;
        return value;
    }

    private int NextObject()
    {
        if (_objectCount == _objects.Length)
        {
            Array.Resize(ref _objects, 2 * _objectCount);
        }

        return _objectCount++;
    }

    private object ReadBack(Type declared)
    {
        var number = ReadVarUInt();
        var value = number < (ulong)_objectCount ? _objects[(int)number] : null;
        return value is not null && declared.IsInstanceOfType(value) ? value : throw Malformed($"the number of an earlier {TypeNames.Of(declared)}");
    }
}
