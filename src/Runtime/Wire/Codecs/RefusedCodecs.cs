using System;

namespace HpcRuntime.Wire.Codecs;

/// <summary>Stands for a type no object of which can travel.</summary>
internal sealed class RefusedCodec(Type type, string reason, FieldPlan? plan = null) : Codec(type)
{
    public override FieldPlan? Plan => plan;

    public override Tracking Tracking => Tracking.None;

    public override string Refuse(object value) => reason;

    public override void WriteHead(WireWriter writer, object value) => throw Refusals.Of(Type, reason);

    public override object Allocate(WireReader reader) => throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: it holds a {TypeNames.Of(Type)}, and {reason}.");
}

/// <inheritdoc cref="RefusedCodec"/>
internal sealed class RefusedValueCodec<T>(string reason) : ValueCodec<T>
{
    public override bool MayHoldTracked => false;

    public override int MinimumSize => 1;

    public override string Refuse(object value) => reason;

    public override void Write(WireWriter writer, ref T value) => throw Refusals.Of(Type, reason);

    public override void Read(WireReader reader, ref T value) => throw new WireFormatException($"A message from {reader.Types.Peer} does not decode: it holds a {TypeNames.Of(Type)}, and {reason}.");
}
