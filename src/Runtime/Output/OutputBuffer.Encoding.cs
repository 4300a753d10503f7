using System;
using System.Threading;

namespace HpcRuntime.Output;

/// <content>From text to bytes, within the limits. All under the lock.</content>
internal sealed partial class OutputBuffer
{
    private void MovePiece(OutputStream stream, ref ReadOnlySpan<char> text, ref ReadOnlySpan<char> newLine)
    {
        ref var channel = ref Select(stream);
        var piece = text[..Math.Min(text.Length, Piece)];
        Add(ref channel, piece);
        text = text[piece.Length..];
        if (text.IsEmpty)
        {
            Add(ref channel, newLine);
            newLine = default;
        }
    }

    private void Add(ref Channel channel, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        if (channel.HalfPair != 0)
        {
            if (char.IsLowSurrogate(text[0]))
            {
                AddWhole(ref channel, [channel.HalfPair, text[0]]);
                text = text[1..];
            }
            else
            {
                AddWhole(ref channel, [channel.HalfPair]);
            }

            channel.HalfPair = default;
        }

        if (!text.IsEmpty && char.IsHighSurrogate(text[^1]))
        {
            channel.HalfPair = text[^1];
            text = text[..^1];
        }

        AddWhole(ref channel, text);
    }

    private void AddWhole(ref Channel channel, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var before = channel.Bytes.Count;
        var room = owner.Limit - _total;
        if (!owner.Waits)
        {
            room = Math.Min(room, Math.Max(0, Full - _pending));
        }

        if (room <= 0)
        {
            Volatile.Write(ref _flooded, true);
            return;
        }

        var bytes = channel.Bytes.Append(text, room);
        var kept = channel.Bytes.Count - before;
        _total += kept;
        Volatile.Write(ref _pending, _pending + kept);
        if (kept < bytes)
        {
            Volatile.Write(ref _flooded, true);
        }
    }

    private void FlushHalfPair(ref Channel channel)
    {
        if (channel.HalfPair != 0)
        {
            AddWhole(ref channel, [channel.HalfPair]);
            channel.HalfPair = default;
        }
    }
}
