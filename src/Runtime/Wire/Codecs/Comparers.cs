using System;
using System.Collections.Generic;

namespace HpcRuntime.Wire.Codecs;

/// <summary>The framework's comparers hide behind internal types; they travel as what they stand for.</summary>
internal static class Comparers
{
    /// <summary>The public type for which a hidden one stands; null for all others.</summary>
    public static Type? Canonical(Type type)
    {
        if (!Frameworks.Contains(type) || (!type.IsClass && !type.IsValueType))
        {
            return null;
        }

        for (var level = type; level is not null; level = level.BaseType)
        {
            if (level == typeof(StringComparer))
            {
                return level;
            }

            if (level.IsConstructedGenericType && (level.GetGenericTypeDefinition() == typeof(EqualityComparer<>) || level.GetGenericTypeDefinition() == typeof(Comparer<>)))
            {
                return level;
            }
        }

        return null;
    }
}

internal sealed class StringComparerCodec() : Codec(typeof(StringComparer))
{
    private static readonly StringComparer[] Known = [StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase, StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase];

    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override string? Refuse(object value) => Array.FindIndex(Known, value.Equals) < 0 ? "only the ordinal and invariant string comparers mean the same everywhere" : null;

    public override void WriteHead(WireWriter writer, object value)
    {
        var index = Array.FindIndex(Known, value.Equals);
        writer.WriteByte(index >= 0 ? (byte)index : throw Refusals.Of(value.GetType(), Refuse(value)!));
    }

    public override object Allocate(WireReader reader)
    {
        var index = reader.ReadByte();
        return index < Known.Length ? Known[index] : throw reader.Malformed("a known string comparer");
    }
}

internal sealed class DefaultEqualityCodec<T>() : Codec(typeof(EqualityComparer<T>))
{
    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override string? Refuse(object value) => value.Equals(EqualityComparer<T>.Default) ? null : "only the default comparer is known on the other side";

    public override void WriteHead(WireWriter writer, object value)
    {
        if (Refuse(value) is { } reason)
        {
            throw Refusals.Of(value.GetType(), reason);
        }
    }

    public override object Allocate(WireReader reader) => EqualityComparer<T>.Default;
}

internal sealed class DefaultComparerCodec<T>() : Codec(typeof(Comparer<T>))
{
    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override string? Refuse(object value) => value.Equals(Comparer<T>.Default) ? null : "only the default comparer is known on the other side; derive a class from Comparer<T>";

    public override void WriteHead(WireWriter writer, object value)
    {
        if (Refuse(value) is { } reason)
        {
            throw Refusals.Of(value.GetType(), reason);
        }
    }

    public override object Allocate(WireReader reader) => Comparer<T>.Default;
}
