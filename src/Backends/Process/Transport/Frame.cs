using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Process;

/// <summary>How a message lies in a ring: the header, then the body: one <see cref="BlockEntry"/> for each block, the head, the blocks that travel inside.
/// A body too large for a frame lies in the bulk area; then the frame holds one entry that says where.</summary>
internal static class Frame
{
    internal const int HeaderBytes = 16;
}

/// <summary>The first bytes of a frame.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FrameHeader
{
    /// <summary>Bytes of the frame, this header included.</summary>
    internal int Length;

    /// <summary>Counts the frames of a ring, mixed with the kind: <see cref="SequenceOf"/>.</summary>
    internal uint Sequence;

    /// <summary>Bytes of the head.</summary>
    internal int HeadLength;

    /// <summary>How many blocks; their complement when the body lies in the bulk area.</summary>
    internal int Blocks;

    /// <summary>What <see cref="Sequence"/> must be in frame <paramref name="number"/>: never zero, so that memory nobody wrote is not taken for a frame.</summary>
    internal static uint SequenceOf(uint number) => (number * 2654435761u) | 1;
}

/// <summary>Where a block, or a whole body, is: inside the body, or in an extent of the sender's bulk area.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BlockEntry
{
    internal const int Bytes = 32;

    /// <summary>For <see cref="Segment"/>: the block is inside the body, behind the head.</summary>
    internal const long Inside = -1;

    /// <summary>Set in <see cref="Segment"/>, whose other bits are those of a page's address: the extent does not hold the block but an entry that says where it is in the memory that all slaves share.</summary>
    internal const long Reference = 1;

    internal ulong ByteCount;

    /// <summary>Where the segment begins in the bulk file.</summary>
    internal long Segment;

    /// <summary>Bytes of the segment.</summary>
    internal long SegmentLength;

    /// <summary>Where the extent begins in the segment; inside the body, where the block begins behind the head.</summary>
    internal long Offset;

    internal readonly bool IsReference => Segment >= 0 && (Segment & Reference) != 0;

    /// <summary>For a reference: the extent that holds it.</summary>
    internal readonly BlockEntry Holder => this with { Segment = Segment & ~Reference, ByteCount = Bytes };
}
