using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>The lengths of arrays, and what is common to all of them.</summary>
internal abstract class ArrayCodec(Type type) : Codec(type)
{
    private readonly int _rank = type.GetArrayRank();

    public override string? Refuse(object value)
    {
        var array = (Array)value;
        for (var i = 0; i < _rank; i++)
        {
            if (array.GetLowerBound(i) != 0)
            {
                return "its indices do not start at 0";
            }
        }

        return null;
    }

    protected void WriteLengths(WireWriter writer, Array array)
    {
        if (_rank == 1)
        {
            writer.WriteVarUInt((ulong)array.Length);
            return;
        }

        if (Refuse(array) is { } reason)
        {
            throw Refusals.Of(Type, reason);
        }

        for (var i = 0; i < _rank; i++)
        {
            writer.WriteVarUInt((ulong)array.GetLength(i));
        }
    }

    /// <summary>Reads the lengths; <paramref name="count"/> is their product. The caller checks it before it allocates.</summary>
    protected int[] ReadLengths(WireReader reader, out ulong count)
    {
        var lengths = new int[_rank];
        var empty = false;
        count = 1;
        for (var i = 0; i < _rank; i++)
        {
            var length = reader.ReadVarUInt();
            if (length > (ulong)Array.MaxLength)
            {
                throw reader.Malformed("the length of an array");
            }

            lengths[i] = (int)length;
            empty |= length == 0;

            // The other lengths of an empty array count as well: the runtime refuses shapes whose product is too large.
            count *= Math.Max(1, length);
            if (count > uint.MaxValue)
            {
                throw reader.Malformed("the lengths of an array");
            }
        }

        if (empty)
        {
            count = 0;
        }

        return lengths;
    }
}

/// <summary>An array of any rank whose elements are written one by one.</summary>
internal sealed class ElementArrayCodec<T>(Type type) : ArrayCodec(type)
{
    private readonly Slot<T> _slot = Slot<T>.Instance;
    private readonly bool _vector = type.IsSZArray;

    public override bool Deferrable => true;

    public override bool MayHoldTracked => _slot.MayHoldTracked;

    public override void WriteHead(WireWriter writer, object value) => WriteLengths(writer, (Array)value);

    public override void WriteBody(WireWriter writer, object value)
    {
        foreach (ref var element in Elements((Array)value))
        {
            _slot.Write(writer, ref element);
        }
    }

    public override object Allocate(WireReader reader)
    {
        if (_vector)
        {
            return new T[reader.ReadCount(_slot.MinimumSize)];
        }

        var lengths = ReadLengths(reader, out var count);
        reader.Spend(count, _slot.MinimumSize);
        return Array.CreateInstance(typeof(T), lengths);
    }

    public override void Populate(WireReader reader, object value)
    {
        foreach (ref var element in Elements((Array)value))
        {
            _slot.Read(reader, ref element);
        }
    }

    // The array is exactly of this type, so that covariance needs no check. Object arrays beyond 2^31 elements cannot exist in any rank that a message could fill.
    private static Span<T> Elements(Array array) =>
        array.Length == 0 ? default : MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
}

/// <summary>An array of any rank whose elements are one piece of memory: inside the head when small, a block when large.</summary>
internal sealed class BlittableArrayCodec<T>(Type type) : ArrayCodec(type) where T : struct
{
    private readonly bool _vector = type.IsSZArray;

    public override bool MayHoldTracked => false;

    public override void WriteHead(WireWriter writer, object value)
    {
        var array = (Array)value;
        WriteLengths(writer, array);
        RawMemory.Write<T>(writer, array);
    }

    public override object Allocate(WireReader reader)
    {
        if (_vector)
        {
            var length = reader.ReadVarUInt();
            return RawMemory.Read<T>(reader, Type, null, length);
        }

        var lengths = ReadLengths(reader, out var count);
        return RawMemory.Read<T>(reader, Type, lengths, count);
    }
}
