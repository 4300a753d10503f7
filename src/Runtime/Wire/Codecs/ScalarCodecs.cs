using System;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace HpcRuntime.Wire.Codecs;

/// <summary>An object whose identity is all it has.</summary>
internal sealed class BareCodec(Type type, Func<object> make) : Codec(type)
{
    public override bool MayHoldTracked => false;

    public override object Allocate(WireReader reader) => make();
}

/// <summary>A text where its type is not declared.</summary>
internal sealed class StringCodec() : Codec(typeof(string))
{
    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override void WriteHead(WireWriter writer, object value) => writer.WriteString((string)value);

    public override object Allocate(WireReader reader) => reader.ReadString() ?? throw reader.Malformed("a text");
}

/// <summary>Raw memory whose bits are looked at on arrival.</summary>
internal sealed class DecimalCodec : ValueCodec<decimal>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => sizeof(decimal);

    public override void Write(WireWriter writer, ref decimal value) => writer.WriteRaw(value);

    public override void Read(WireReader reader, ref decimal value)
    {
        value = reader.ReadRaw<decimal>();
        ValueChecks.Check(reader, value);
    }
}

/// <inheritdoc cref="DecimalCodec"/>
internal sealed class DateTimeCodec : ValueCodec<DateTime>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => 8;

    public override void Write(WireWriter writer, ref DateTime value) => writer.WriteRaw(value);

    public override void Read(WireReader reader, ref DateTime value)
    {
        value = reader.ReadRaw<DateTime>();
        ValueChecks.Check(reader, value);
    }
}

internal sealed class DateTimeOffsetCodec : ValueCodec<DateTimeOffset>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => 9;

    public override void Write(WireWriter writer, ref DateTimeOffset value)
    {
        writer.WriteInt64(value.Ticks);
        writer.WriteVarInt(value.TotalOffsetMinutes);
    }

    // Both constructors refuse what is out of range; the serialiser turns that into its own exception.
    public override void Read(WireReader reader, ref DateTimeOffset value)
    {
        var ticks = reader.ReadInt64();
        var minutes = reader.ReadVarInt();
        value = new DateTimeOffset(ticks, new TimeSpan(checked(minutes * TimeSpan.TicksPerMinute)));
    }
}

internal sealed class DateOnlyCodec : ValueCodec<DateOnly>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => 4;

    public override void Write(WireWriter writer, ref DateOnly value) => writer.WriteInt32(value.DayNumber);

    public override void Read(WireReader reader, ref DateOnly value) => value = DateOnly.FromDayNumber(reader.ReadInt32());
}

internal sealed class TimeOnlyCodec : ValueCodec<TimeOnly>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => 8;

    public override void Write(WireWriter writer, ref TimeOnly value) => writer.WriteInt64(value.Ticks);

    public override void Read(WireReader reader, ref TimeOnly value) => value = new TimeOnly(reader.ReadInt64());
}

internal sealed class RuneCodec : ValueCodec<Rune>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => 4;

    public override void Write(WireWriter writer, ref Rune value) => writer.WriteInt32(value.Value);

    public override void Read(WireReader reader, ref Rune value) => value = new Rune(reader.ReadInt32());
}

internal sealed class BigIntegerCodec : ValueCodec<BigInteger>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => 2;

    public override void Write(WireWriter writer, ref BigInteger value)
    {
        var bytes = value.ToByteArray();
        writer.WriteVarUInt((ulong)bytes.Length);
        writer.WriteBytes(bytes);
    }

    public override void Read(WireReader reader, ref BigInteger value) => value = new BigInteger(reader.ReadBytes(reader.ReadCount(1)));
}

internal sealed class UriCodec() : Codec(typeof(Uri))
{
    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override void WriteHead(WireWriter writer, object value) => writer.WriteString(((Uri)value).OriginalString);

    public override object Allocate(WireReader reader) =>
        Uri.TryCreate(reader.ReadString(), UriKind.RelativeOrAbsolute, out var uri) ? uri : throw reader.Malformed("a URI");
}

internal sealed class VersionCodec() : Codec(typeof(Version))
{
    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override void WriteHead(WireWriter writer, object value) => writer.WriteString(value.ToString());

    public override object Allocate(WireReader reader) => Version.TryParse(reader.ReadString(), out var version) ? version : throw reader.Malformed("a version");
}

/// <summary>A culture by its name; changes made to its formats stay behind, so that a changed one is refused.</summary>
internal sealed class CultureCodec() : Codec(typeof(CultureInfo))
{
    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override string? Refuse(object value) => ((CultureInfo)value).IsReadOnly || IsUnchanged((CultureInfo)value) ? null : "a culture travels by name, which loses the changes made to it";

    public override void WriteHead(WireWriter writer, object value)
    {
        if (Refuse(value) is { } reason)
        {
            throw Refusals.Of(Type, reason);
        }

        writer.WriteString(((CultureInfo)value).Name);
    }

    public override object Allocate(WireReader reader) => CultureInfo.GetCultureInfo(reader.ReadString() ?? throw reader.Malformed("the name of a culture"));

    private static bool IsUnchanged(CultureInfo culture)
    {
        var original = CultureInfo.GetCultureInfo(culture.Name);
        return culture.NumberFormat.NumberDecimalSeparator == original.NumberFormat.NumberDecimalSeparator
            && culture.NumberFormat.NumberGroupSeparator == original.NumberFormat.NumberGroupSeparator
            && culture.DateTimeFormat.ShortDatePattern == original.DateTimeFormat.ShortDatePattern
            && culture.DateTimeFormat.LongTimePattern == original.DateTimeFormat.LongTimePattern;
    }
}

internal sealed class StringBuilderCodec() : Codec(typeof(StringBuilder))
{
    public override bool MayHoldTracked => false;

    public override void WriteHead(WireWriter writer, object value) => writer.WriteString(value.ToString());

    public override object Allocate(WireReader reader) => new StringBuilder(reader.ReadString() ?? throw reader.Malformed("a text"));
}

/// <summary>A type by its number in the table of types.</summary>
internal sealed class TypeCodec() : Codec(typeof(Type))
{
    public override Tracking Tracking => Tracking.None;

    public override bool MayHoldTracked => false;

    public override string? Refuse(object value) => SentTypes.Unnamed((Type)value) is { } unnamed ? $"{TypeNames.Of(unnamed)} may not be named in a message" : null;

    public override void WriteHead(WireWriter writer, object value) => writer.WriteType((Type)value);

    public override object Allocate(WireReader reader) => reader.ReadType();
}
