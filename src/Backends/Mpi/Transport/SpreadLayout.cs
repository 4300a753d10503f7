using System;
using System.Linq;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>How the blocks of a spread lie behind one another in a host's copy, and in which pieces they travel. Sender and receiver cut alike.</summary>
internal sealed class SpreadLayout
{
    private const ulong Alignment = 64;

    private readonly ulong[] _starts;

    internal SpreadLayout(ulong[] sizes)
    {
        Sizes = sizes;
        _starts = new ulong[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            _starts[i] = Bytes;
            Bytes += Room(sizes[i]);
        }
    }

    /// <summary>Bytes of each block.</summary>
    internal ulong[] Sizes { get; }

    /// <summary>Bytes of the copy.</summary>
    internal ulong Bytes { get; }

    /// <summary>What a block takes up in the copy.</summary>
    internal static ulong Room(ulong bytes) => (bytes + Alignment - 1) & ~(Alignment - 1);

    /// <summary>The layout of those blocks that are published.</summary>
    internal static SpreadLayout Of(ReadOnlySpan<WireBlock> blocks) => new([.. blocks.ToArray().Where(block => block.Ownership == WireBlockOwnership.Published).Select(block => (ulong)block.ByteCount)]);

    /// <summary>Where a block begins.</summary>
    internal ulong StartOf(int block) => _starts[block];

    /// <summary>The piece that begins at or after <paramref name="at"/>: part of one block, and no more than <paramref name="most"/> bytes; false when there is none left.</summary>
    internal bool TryPiece(ulong at, ulong most, out SpreadPiece piece)
    {
        for (var i = 0; i < Sizes.Length; i++)
        {
            var end = _starts[i] + Sizes[i];
            if (Sizes[i] > 0 && at < end)
            {
                var start = Math.Max(at, _starts[i]);
                piece = new SpreadPiece(i, start, Math.Min(most, end - start));
                return true;
            }
        }

        piece = default;
        return false;
    }
}

/// <summary>A part of a block under way.</summary>
/// <param name="Block">The block.</param>
/// <param name="At">Where it lies in the copy.</param>
/// <param name="Bytes">How much it is.</param>
internal readonly record struct SpreadPiece(int Block, ulong At, ulong Bytes)
{
    internal ulong End => At + Bytes;
}
