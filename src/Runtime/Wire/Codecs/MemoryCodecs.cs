using System;
using System.Runtime.InteropServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A view of an array: the whole array where the view covers it, so that it stays shared; else a copy of what is seen, for the rest was not meant.</summary>
internal static class Views
{
    public static void Write<T>(WireWriter writer, ArraySegment<T> seen)
    {
        var array = seen.Array;
        if (array is not null && seen.Count != array.Length)
        {
            array = seen.ToArray();
        }

        writer.WriteReference(array, typeof(T[]));
    }

    public static T[]? Read<T>(WireReader reader) => (T[]?)reader.ReadReference(typeof(T[]));
}

internal sealed class ArraySegmentCodec<T> : ValueCodec<ArraySegment<T>>
{
    public override int MinimumSize => 1;

    public override void Write(WireWriter writer, ref ArraySegment<T> value) => Views.Write(writer, value);

    public override void Read(WireReader reader, ref ArraySegment<T> value) => value = Views.Read<T>(reader) is { } array ? new ArraySegment<T>(array) : default;
}

internal sealed class MemoryCodec<T> : ValueCodec<Memory<T>>
{
    public override int MinimumSize => 1;

    public override void Write(WireWriter writer, ref Memory<T> value) =>
        Views.Write(writer, MemoryMarshal.TryGetArray<T>(value, out var segment) ? segment : new ArraySegment<T>(value.ToArray()));

    public override void Read(WireReader reader, ref Memory<T> value) => value = Views.Read<T>(reader);
}

internal sealed class ReadOnlyMemoryCodec<T> : ValueCodec<ReadOnlyMemory<T>>
{
    public override int MinimumSize => 1;

    public override void Write(WireWriter writer, ref ReadOnlyMemory<T> value) =>
        Views.Write(writer, MemoryMarshal.TryGetArray(value, out var segment) ? segment : new ArraySegment<T>(value.ToArray()));

    public override void Read(WireReader reader, ref ReadOnlyMemory<T> value) => value = Views.Read<T>(reader);
}
