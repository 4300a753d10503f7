using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A list whose items are written one by one.</summary>
internal sealed class ListCodec<T>() : Codec(typeof(List<T>))
{
    private readonly Slot<T> _slot = Slot<T>.Instance;

    public override bool Deferrable => true;

    public override bool MayHoldTracked => _slot.MayHoldTracked;

    public override void WriteBody(WireWriter writer, object value)
    {
        var items = CollectionsMarshal.AsSpan((List<T>)value);
        writer.WriteVarUInt((ulong)items.Length);
        foreach (ref var item in items)
        {
            _slot.Write(writer, ref item);
        }
    }

    public override object Allocate(WireReader reader) => new List<T>();

    public override void Populate(WireReader reader, object value)
    {
        var list = (List<T>)value;
        CollectionsMarshal.SetCount(list, reader.ReadCount(_slot.MinimumSize));
        foreach (ref var item in CollectionsMarshal.AsSpan(list))
        {
            _slot.Read(reader, ref item);
        }
    }
}

/// <summary>A list of blittable elements: one piece of memory, like an array of them.</summary>
internal sealed class RawListCodec<T>() : Codec(typeof(List<T>)) where T : struct
{
    public override bool MayHoldTracked => false;

    public override void WriteHead(WireWriter writer, object value)
    {
        var list = (List<T>)value;
        writer.WriteVarUInt((ulong)list.Count);
        RawMemory.Write(writer, list);
    }

    public override object Allocate(WireReader reader)
    {
        var array = (T[])RawMemory.Read<T>(reader, typeof(T[]), null, reader.ReadVarUInt());
        var list = new List<T>(array.Length);
        list.AddRange(array);
        return list;
    }
}
