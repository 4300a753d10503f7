using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <summary>Finds out whether an array inside <see cref="Lent{T}"/> was changed while it was lent (<c>--set wire.check-lent=true</c>).</summary>
internal static class LentChecksum
{
    /// <summary>A checksum for each lent block, in order; null when none is lent.</summary>
    internal static ulong[]? Of(ReadOnlySpan<WireBlock> blocks)
    {
        List<ulong>? sums = null;
        foreach (var block in blocks)
        {
            if (block.Ownership == WireBlockOwnership.Lent)
            {
                (sums ??= []).Add(Of(block));
            }
        }

        return sums?.ToArray();
    }

    internal static bool Matches(WireBlock[]? blocks, ulong[] expected) => Of(blocks).AsSpan().SequenceEqual(expected);

    private static ulong Of(WireBlock block)
    {
        ref var start = ref MemoryMarshal.GetArrayDataReference(block.Array);
        var sum = 0x9E3779B97F4A7C15UL ^ block.ByteCount;
        nuint at = 0;
        for (; at + sizeof(ulong) <= block.ByteCount; at += sizeof(ulong))
        {
            sum = RandomKey.Mix(sum ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref start, at)));
        }

        for (; at < block.ByteCount; at++)
        {
            sum = RandomKey.Mix(sum ^ Unsafe.AddByteOffset(ref start, at));
        }

        return sum;
    }
}

/// <summary>An array inside <see cref="Lent{T}"/> was changed before the result came home.</summary>
internal sealed class LentArrayChangedException(CommandEntry entry)
    : HpcRuntimeException($"An array inside Lent<> of command {entry.Id} ({entry.Label}) was changed before its result came home; leave it unchanged, or queue it without Lent<>.");
