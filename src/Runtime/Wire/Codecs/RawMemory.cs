using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>The elements of blittable arrays, in the head or beside it.</summary>
internal static class RawMemory
{
    private const byte Inline = 0;
    private const byte Block = 1;

    public static void Write<T>(WireWriter writer, Array array) where T : struct
    {
        var bytes = (nuint)array.LongLength * (nuint)Unsafe.SizeOf<T>();
        if (bytes > 0 && bytes >= (nuint)writer.BlockThreshold)
        {
            writer.WriteByte(Block);
            writer.AddBlock(array, bytes);
            return;
        }

        writer.WriteByte(Inline);
        if (bytes > 0)
        {
            writer.WriteBytes(MemoryMarshal.CreateReadOnlySpan(ref MemoryMarshal.GetArrayDataReference(array), (int)bytes));
        }
    }

    public static void Write<T>(WireWriter writer, List<T> list) where T : struct
    {
        var bytes = (nuint)list.Count * (nuint)Unsafe.SizeOf<T>();
        if (bytes > 0 && bytes >= (nuint)writer.BlockThreshold)
        {
            // A copy made for the block: nobody else will ever see it.
            writer.WriteByte(Block);
            writer.AddOwnedBlock(list.ToArray(), bytes);
            return;
        }

        writer.WriteByte(Inline);
        if (bytes > 0)
        {
            writer.WriteBytes(MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(CollectionsMarshal.AsSpan(list))), (int)bytes));
        }
    }

    /// <summary>Reads an array of <paramref name="type"/> with <paramref name="count"/> elements in all; <paramref name="lengths"/> is null for a vector.</summary>
    public static Array Read<T>(WireReader reader, Type type, int[]? lengths, ulong count) where T : struct
    {
        if (count > (lengths is null ? (ulong)Array.MaxLength : uint.MaxValue))
        {
            throw reader.Malformed("the length of an array");
        }

        var bytes = (nuint)count * (nuint)Unsafe.SizeOf<T>();
        Array array;
        switch (reader.ReadByte())
        {
            case Inline:
                if (bytes > (nuint)reader.Remaining)
                {
                    throw reader.Malformed("the elements of an array");
                }

                array = Allocate<T>(lengths, count);
                if (bytes > 0)
                {
                    reader.ReadBytes((int)bytes).CopyTo(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), (int)bytes));
                }

                break;
            case Block:
                var taken = reader.TakeBlock(bytes, out var index);
                if (taken is not null)
                {
                    array = Fits(taken, type, lengths, count) ? taken : throw reader.Malformed($"a block that is a {TypeNames.Of(type)} of the announced lengths");
                    break;
                }

                array = Allocate<T>(lengths, count);
                reader.FillBlock(index, array);
                break;
            default:
                throw reader.Malformed("the place of an array's elements");
        }

        ValueChecks.Check<T>(reader, array);
        return array;
    }

    private static Array Allocate<T>(int[]? lengths, ulong count) where T : struct =>
        lengths is null ? GC.AllocateUninitializedArray<T>((int)count) : Array.CreateInstance(typeof(T), lengths);

    private static bool Fits(Array array, Type type, int[]? lengths, ulong count)
    {
        if (array.GetType() != type || (ulong)array.LongLength != count)
        {
            return false;
        }

        for (var i = 0; lengths is not null && i < lengths.Length; i++)
        {
            if (array.GetLength(i) != lengths[i] || array.GetLowerBound(i) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
