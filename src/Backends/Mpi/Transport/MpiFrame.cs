using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What a frame says.</summary>
internal enum MpiFrameKind
{
    /// <summary>A message of a processor and its slave.</summary>
    Message = 1,

    /// <summary>To a slave: serve this processor.</summary>
    Open,

    /// <summary>From a slave: it serves the processor no more and is free.</summary>
    Left,

    /// <summary>To a slave: that processor is closed; serve it no more.</summary>
    Drop,

    /// <summary>A sign of life.</summary>
    Beat,

    /// <summary>To a slave: end at once.</summary>
    Die,

    /// <summary>To a slave: no processor comes any more.</summary>
    Close,

    /// <summary>From a slave: it is on its way out, and sends nothing after this.</summary>
    Bye,

    /// <summary>To a slave: get a copy of a spread from the rank named and show it to ranks of the same host. Said again when the rank or the ranks have changed.</summary>
    Lead,

    /// <summary>From a leader, or the master, to a rank of its host: there is the copy.</summary>
    Here,

    /// <summary>To the rank that a leader gets its copy from: send, from this byte on.</summary>
    Fetch,

    /// <summary>The answer: the stream under which it comes.</summary>
    Pieces,

    /// <summary>To the master: this rank needs nothing more of that spread.</summary>
    Has,

    /// <summary>To the master: the copy that was shown cannot be opened here.</summary>
    Misses,

    /// <summary>To a leader: all ranks have it.</summary>
    Done,

    /// <summary>A frame follows that is longer than what a rank has ready.</summary>
    Long,
}

/// <summary>How a message travels: one frame, in a ring or in a message of MPI's, holds this header, one <see cref="MpiBlockEntry"/> for each block, the head, and small blocks; large ones follow as messages of their own
/// in pieces, under a tag that is theirs alone, so that they go from array to array and are received whenever the reader wants them.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MpiFrame
{
    internal const int Bytes = 32;

    /// <summary>The tag of frames; those of blocks begin at <see cref="FirstStream"/>.</summary>
    internal const int Tag = 1;

    /// <summary>The tag of long frames: each is received before anything behind its announcement is.</summary>
    internal const int LongTag = 2;

    internal const int FirstStream = 16;

    /// <summary>Tags of blocks that are used in turn; MPI promises tags up to 32767.</summary>
    internal const int Streams = 32_000;

    /// <summary>The longest frame for which every rank is ready; a longer one is announced. With the thresholds that the libraries come with, messages of this size are here when they are seen:
    /// nothing of them is asked of their sender later, who may be gone.</summary>
    internal const int MostAtOnce = 2048;

    /// <summary>The most that travels inside a frame.</summary>
    internal const int MostInside = 1 << 20;

    /// <summary>A block of more bytes travels on its own.</summary>
    internal const int MostBlockInside = 16 << 10;

    internal MpiFrameKind Kind;

    /// <summary>Which opening of a slave it belongs to.</summary>
    internal int Ticket;

    /// <summary>Bytes of the head.</summary>
    internal int HeadLength;

    internal int Blocks;

    /// <summary>The tag of what follows; 0 for nothing.</summary>
    internal int Stream;

    /// <summary>1 when the head itself follows, before the blocks.</summary>
    internal int HeadFollows;

    /// <summary>The spread that holds the blocks marked <see cref="MpiBlockEntry.Spread"/>; 0 for none. Of <see cref="MpiFrameKind.Long"/>, the bytes of the frame that follows.</summary>
    internal long Spread;
}

/// <summary>One block of a message.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MpiBlockEntry
{
    internal const int Bytes = 16;

    /// <summary>For <see cref="At"/>: it follows in messages of its own.</summary>
    internal const long Follows = -1;

    /// <summary>For <see cref="At"/>: it is in the message's spread, behind those before it that are (<see cref="SpreadLayout"/>).</summary>
    internal const long Spread = -2;

    internal ulong ByteCount;

    /// <summary>Where it begins in the frame.</summary>
    internal long At;
}
