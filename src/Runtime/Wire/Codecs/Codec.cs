using System;
using System.Threading;

namespace HpcRuntime.Wire.Codecs;

/// <summary>How objects of one type are written and read. Made once per type and process; thread-safe.</summary>
internal abstract class Codec(Type type)
{
    private static int _made;

    /// <summary>A small number of its own, by which tables find it.</summary>
    public int Index { get; } = Interlocked.Increment(ref _made) - 1;

    /// <summary>The type that the bytes name.</summary>
    public Type Type { get; } = type;

    /// <summary>Whether objects can be referred to twice.</summary>
    public virtual Tracking Tracking => Tracking.Before;

    /// <summary>True when <see cref="WriteBody"/> and <see cref="Populate"/> may run after the object is already referred to.</summary>
    public virtual bool Deferrable => false;

    /// <summary>True when the content may hold a reference to something tracked.</summary>
    public virtual bool MayHoldTracked => true;

    /// <summary>The fields it writes, for error messages; null for codecs that know their type.</summary>
    public virtual FieldPlan? Plan => null;

    /// <summary>Why this very object cannot travel; null when it can.</summary>
    public virtual string? Refuse(object value) => null;

    /// <summary>What <see cref="Allocate"/> needs.</summary>
    public virtual void WriteHead(WireWriter writer, object value)
    {
    }

    /// <summary>What <see cref="Populate"/> needs.</summary>
    public virtual void WriteBody(WireWriter writer, object value)
    {
    }

    /// <summary>Reads the head and makes the object.</summary>
    public abstract object Allocate(WireReader reader);

    /// <summary>Reads the body into the object.</summary>
    public virtual void Populate(WireReader reader, object value)
    {
    }
}

/// <summary>A codec of a value type, which is also written in place inside others.</summary>
internal abstract class ValueCodec<T> : Codec
{
    protected ValueCodec() : base(typeof(T))
    {
    }

    public sealed override Tracking Tracking => Tracking.None;

    /// <summary>The fewest bytes of a value; at least 1.</summary>
    public abstract int MinimumSize { get; }

    public abstract void Write(WireWriter writer, ref T value);

    public abstract void Read(WireReader reader, ref T value);

    public sealed override void WriteHead(WireWriter writer, object value)
    {
        var copy = (T)value;
        Write(writer, ref copy);
    }

    public sealed override object Allocate(WireReader reader)
    {
        T value = default!;
        Read(reader, ref value);
        return value!;
    }
}
