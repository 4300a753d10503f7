using System;
using HpcRuntime.Output;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>A piece of a command's output on the wire: whether it was cut, then for each stream pieces with their length, up to a length of 0.</summary>
internal static class OutputWire
{
    [ThreadStatic]
    private static byte[]? _piece;

    /// <summary>Moves what is pending into the message.</summary>
    internal static void Write(WireWriter writer, ICommandOutput output)
    {
        var piece = _piece ??= new byte[16 * 1024];
        writer.WriteBool(output.Flooded);
        foreach (var stream in (ReadOnlySpan<OutputStream>)[OutputStream.Out, OutputStream.Error])
        {
            int length;
            do
            {
                length = output.Take(stream, piece);
                writer.WriteVarUInt((ulong)length);
                writer.WriteBytes(piece.AsSpan(0, length));
            }
            while (length > 0);
        }
    }

    /// <summary>Hands what is pending to <paramref name="take"/>, piece by piece, where it need not travel.</summary>
    internal static void Drain(ICommandOutput output, OutputPieceHandler take)
    {
        var piece = _piece ??= new byte[16 * 1024];
        foreach (var stream in (ReadOnlySpan<OutputStream>)[OutputStream.Out, OutputStream.Error])
        {
            int length;
            while ((length = output.Take(stream, piece)) > 0)
            {
                take(stream, piece.AsSpan(0, length));
            }
        }
    }

    /// <summary>Hands each piece to <paramref name="take"/>; returns whether the output was cut.</summary>
    internal static bool Read(WireReader reader, OutputPieceHandler take)
    {
        var cut = reader.ReadBool();
        foreach (var stream in (ReadOnlySpan<OutputStream>)[OutputStream.Out, OutputStream.Error])
        {
            int length;
            while ((length = checked((int)reader.ReadVarUInt())) > 0)
            {
                take(stream, reader.ReadBytes(length));
            }
        }

        return cut;
    }
}

/// <summary>Takes one piece of one stream.</summary>
internal delegate void OutputPieceHandler(OutputStream stream, ReadOnlySpan<byte> bytes);
