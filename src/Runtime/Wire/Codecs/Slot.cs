using System;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A place of a declared type (a field, an element) and how it is written: in place, or as a reference to what is there.</summary>
internal abstract class Slot
{
    /// <summary>The fewest bytes it takes; at least 1.</summary>
    public abstract int MinimumSize { get; }

    /// <summary>True when it may hold a reference to something tracked.</summary>
    public abstract bool MayHoldTracked { get; }

    public static Slot For(Type type) => (Slot)typeof(Slot<>).MakeGenericType(type).GetField(nameof(Slot<int>.Instance), BindingFlags.Static | BindingFlags.Public)!.GetValue(null)!;

    // Called from compiled code.
    public static void Write<T>(WireWriter writer, T value) => Slot<T>.Instance.Write(writer, ref value);

    // Called from compiled code.
    public static T Read<T>(WireReader reader)
    {
        T value = default!;
        Slot<T>.Instance.Read(reader, ref value);
        return value;
    }
}

/// <inheritdoc cref="Slot"/>
internal abstract class Slot<T> : Slot
{
    public static readonly Slot<T> Instance = Create();

    public abstract void Write(WireWriter writer, ref T value);

    public abstract void Read(WireReader reader, ref T value);

    private static Slot<T> Create()
    {
        if (typeof(T) == typeof(string))
        {
            return (Slot<T>)(object)new StringSlot();
        }

        return (Slot<T>)Activator.CreateInstance((typeof(T).IsValueType ? typeof(ValueSlot<>) : typeof(ReferenceSlot<>)).MakeGenericType(typeof(T)))!;
    }
}

internal sealed class StringSlot : Slot<string?>
{
    public override int MinimumSize => 1;

    public override bool MayHoldTracked => false;

    public override void Write(WireWriter writer, ref string? value) => writer.WriteString(value);

    public override void Read(WireReader reader, ref string? value) => value = reader.ReadString();
}

internal sealed class ValueSlot<T> : Slot<T>
{
    private readonly ValueCodec<T> _codec = (ValueCodec<T>)CodecTable.Of(typeof(T));

    public override int MinimumSize => _codec.MinimumSize;

    public override bool MayHoldTracked => _codec.MayHoldTracked;

    public override void Write(WireWriter writer, ref T value) => _codec.Write(writer, ref value);

    public override void Read(WireReader reader, ref T value) => _codec.Read(reader, ref value);
}

internal sealed class ReferenceSlot<T> : Slot<T> where T : class
{
    private readonly Type _declared = typeof(T);

    public override int MinimumSize => 1;

    // Judged without asking for a codec: a class may have fields of its own type.
    public override bool MayHoldTracked => _declared != typeof(Uri) && _declared != typeof(Version);

    public override void Write(WireWriter writer, ref T value) => writer.WriteReference(value, _declared);

    public override void Read(WireReader reader, ref T value) => value = Unsafe.As<T>(reader.ReadReference(_declared)!);
}
