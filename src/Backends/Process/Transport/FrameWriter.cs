using System;
using System.Runtime.InteropServices;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>Lays messages out as frames: small blocks inside, large ones in the bulk area (those that all slaves are sent in the memory that they share), and a body that is too large for a frame there too. One thread.</summary>
internal sealed unsafe class FrameWriter(BulkWriter bulk, SharedBulk? shared, int largestFrame)
{
    /// <summary>Blocks of more bytes go through the bulk area: one copy less, at the cost of finding an extent.</summary>
    internal const int LargestInside = 16 * 1024;

    private const int Reference = Frame.HeaderBytes + BlockEntry.Bytes;

    private uint _number;
    private int _insideBytes;
    private bool _bodyInBulk;

    /// <summary>Bytes of the frame for this message. <see cref="Write"/> of the same message follows.</summary>
    internal int Measure(int headLength, ReadOnlySpan<WireBlock> blocks)
    {
        var body = headLength + ((long)blocks.Length * BlockEntry.Bytes);
        _bodyInBulk = body > largestFrame - Frame.HeaderBytes;
        var budget = _bodyInBulk ? Array.MaxLength - body : largestFrame - Frame.HeaderBytes - body;
        if (budget < 0)
        {
            throw new WireFormatException($"A message with a head of {headLength} bytes and {blocks.Length} blocks is too large.");
        }

        _insideBytes = 0;
        foreach (ref readonly var block in blocks)
        {
            if (block.ByteCount <= LargestInside && (long)block.ByteCount <= budget - _insideBytes)
            {
                _insideBytes += (int)block.ByteCount;
            }
        }

        return _bodyInBulk ? Reference : Frame.HeaderBytes + (int)body + _insideBytes;
    }

    /// <summary>Writes the message that was measured. The blocks' memory is not used beyond this call.</summary>
    internal void Write(Span<byte> frame, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        var header = new FrameHeader { Length = frame.Length, Sequence = FrameHeader.SequenceOf(_number), HeadLength = head.Length, Blocks = _bodyInBulk ? ~blocks.Length : blocks.Length };
        var body = frame[Frame.HeaderBytes..];
        if (_bodyInBulk)
        {
            var bytes = (blocks.Length * BlockEntry.Bytes) + head.Length + _insideBytes;
            body = new Span<byte>(bulk.Reserve((nuint)bytes, out var entry), bytes);
            MemoryMarshal.Write(frame[Frame.HeaderBytes..], entry);
        }

        MemoryMarshal.Write(frame, header);
        head.CopyTo(body[(blocks.Length * BlockEntry.Bytes)..]);
        if (!blocks.IsEmpty)
        {
            WriteBlocks(body, blocks, body[((blocks.Length * BlockEntry.Bytes) + head.Length)..]);
        }

        _number++;
    }

    private void WriteBlocks(Span<byte> entries, ReadOnlySpan<WireBlock> blocks, Span<byte> inside)
    {
        var at = 0;
        for (var i = 0; i < blocks.Length; i++)
        {
            var block = blocks[i];
            BlockEntry entry;
            if (block.ByteCount <= LargestInside && (int)block.ByteCount <= inside.Length - at)
            {
                var bytes = (int)block.ByteCount;
                fixed (byte* source = &MemoryMarshal.GetArrayDataReference(block.Array))
                {
                    new ReadOnlySpan<byte>(source, bytes).CopyTo(inside[at..]);
                }

                entry = new BlockEntry { ByteCount = block.ByteCount, Segment = BlockEntry.Inside, Offset = at };
                at += bytes;
            }
            else
            {
                entry = shared is not null && block.Ownership == WireBlockOwnership.Published
                    ? bulk.Refer(shared.CopyOf(block.Array, block.ByteCount))
                    : bulk.Store(block.Array, block.ByteCount);
            }

            MemoryMarshal.Write(entries[(i * BlockEntry.Bytes)..], entry);
        }
    }
}
