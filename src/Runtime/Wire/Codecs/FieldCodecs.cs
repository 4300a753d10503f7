using System;
using System.Linq;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>A class, field by field. No constructor runs, unless <paramref name="allocate"/> says how an empty one is made.</summary>
internal sealed class ClassCodec<T>(FieldPlan plan, Func<T>? allocate = null) : Codec(typeof(T)) where T : class
{
    private readonly bool _mayHoldTracked = plan.Fields.Any(field => Slot.For(field.FieldType).MayHoldTracked);
    private readonly WriteFields<T> _write = FieldCompiler.CompileWriter<T>(plan);
    private readonly ReadFields<T> _read = FieldCompiler.CompileReader<T>(plan);

    public override bool Deferrable => true;

    public override bool MayHoldTracked => _mayHoldTracked;

    public override FieldPlan Plan => plan;

    public override void WriteBody(WireWriter writer, object value) => _write(writer, ref Unsafe.As<object, T>(ref value));

    public override object Allocate(WireReader reader) => allocate is null ? RuntimeHelpers.GetUninitializedObject(Type) : allocate();

    public override void Populate(WireReader reader, object value) => _read(reader, ref Unsafe.As<object, T>(ref value));
}

/// <summary>A struct, field by field.</summary>
internal sealed class StructCodec<T>(FieldPlan plan) : ValueCodec<T> where T : struct
{
    private readonly bool _mayHoldTracked = plan.Fields.Any(field => Slot.For(field.FieldType).MayHoldTracked);
    private readonly int _minimumSize = plan.Fields.Sum(field => Slot.For(field.FieldType).MinimumSize);
    private readonly WriteFields<T> _write = FieldCompiler.CompileWriter<T>(plan);
    private readonly ReadFields<T> _read = FieldCompiler.CompileReader<T>(plan);

    public override bool MayHoldTracked => _mayHoldTracked;

    public override FieldPlan Plan => plan;

    // A struct all of whose fields are left out still takes one byte, so that no number of them is free.
    public override int MinimumSize => Math.Max(1, _minimumSize);

    public override void Write(WireWriter writer, ref T value)
    {
        if (_minimumSize == 0)
        {
            writer.WriteByte(0);
        }

        _write(writer, ref value);
    }

    public override void Read(WireReader reader, ref T value)
    {
        if (_minimumSize == 0)
        {
            reader.ReadByte();
        }

        _read(reader, ref value);
    }
}

/// <summary>A nullable value: a byte, then the value.</summary>
internal sealed class NullableCodec<T> : ValueCodec<T?> where T : struct
{
    private readonly Slot<T> _slot = Slot<T>.Instance;

    public override bool MayHoldTracked => _slot.MayHoldTracked;

    public override int MinimumSize => 1;

    public override void Write(WireWriter writer, ref T? value)
    {
        writer.WriteBool(value.HasValue);
        if (value.HasValue)
        {
            var inner = value.GetValueOrDefault();
            _slot.Write(writer, ref inner);
        }
    }

    public override void Read(WireReader reader, ref T? value)
    {
        T inner = default;
        if (reader.ReadBool())
        {
            _slot.Read(reader, ref inner);
            value = inner;
        }
        else
        {
            value = null;
        }
    }
}

/// <summary>A value as its raw memory.</summary>
internal sealed class RawCodec<T> : ValueCodec<T> where T : struct
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => Unsafe.SizeOf<T>();

    public override void Write(WireWriter writer, ref T value) => writer.WriteRaw(value);

    public override void Read(WireReader reader, ref T value)
    {
        if (typeof(T) == typeof(bool))
        {
            Unsafe.As<T, bool>(ref value) = reader.ReadBool();
            return;
        }

        value = reader.ReadRaw<T>();
    }
}

/// <summary>What is lent travels like anything else; its arrays are not cloned.</summary>
internal sealed class LentCodec<T> : ValueCodec<Lent<T>>
{
    private readonly Slot<T> _slot = Slot<T>.Instance;

    public override bool MayHoldTracked => _slot.MayHoldTracked;

    public override int MinimumSize => _slot.MinimumSize;

    public override FieldPlan Plan { get; } = new(typeof(Lent<T>));

    public override void Write(WireWriter writer, ref Lent<T> value)
    {
        var inner = value.Value;
        writer.LentDepth++;
        _slot.Write(writer, ref inner);
        writer.LentDepth--;
    }

    public override void Read(WireReader reader, ref Lent<T> value)
    {
        T inner = default!;
        _slot.Read(reader, ref inner);
        value = new Lent<T>(inner);
    }
}
