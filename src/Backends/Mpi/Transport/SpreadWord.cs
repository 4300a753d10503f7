using System;
using System.Linq;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What ranks say to each other about a spread.</summary>
/// <param name="Id">Which.</param>
/// <param name="At">The byte from which on it is sent (<see cref="MpiFrameKind.Fetch"/>, <see cref="MpiFrameKind.Pieces"/>).</param>
/// <param name="Number">The descriptor (<see cref="MpiFrameKind.Here"/>) or the stream (<see cref="MpiFrameKind.Pieces"/>).</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SpreadWord(long Id, ulong At = 0, long Number = 0)
{
    internal static SpreadWord Read(MpiMessage message) => MemoryMarshal.Read<SpreadWord>(message.Buffer.AsSpan(message.Offset, message.Length));

    internal static void Send(MpiWorld world, MpiPeer to, MpiFrameKind kind, SpreadWord word) => world.Send(to, kind, 0, MemoryMarshal.AsBytes(new ReadOnlySpan<SpreadWord>(in word)), default);
}

/// <summary>What the master says to the leader of a host.</summary>
/// <param name="Id">The spread.</param>
/// <param name="Parent">The rank from which it gets its copy.</param>
/// <param name="Locals">Ranks of its host to show the copy to, beside those named before.</param>
/// <param name="Sizes">Bytes of each block.</param>
internal sealed record SpreadLead(long Id, int Parent, int[] Locals, ulong[] Sizes)
{
    internal void Send(MpiWorld world, MpiPeer to)
    {
        long[] words = [Id, Parent, Locals.Length, .. Locals.Select(rank => (long)rank), .. Sizes.Select(size => (long)size)];
        world.Send(to, MpiFrameKind.Lead, 0, MemoryMarshal.AsBytes(words.AsSpan()), default);
    }

    internal static SpreadLead Read(MpiMessage message)
    {
        var words = new long[message.Length / sizeof(long)];
        message.Buffer.AsSpan(message.Offset, words.Length * sizeof(long)).CopyTo(MemoryMarshal.AsBytes(words.AsSpan()));
        var locals = 3 + (int)words[2];
        return new SpreadLead(words[0], (int)words[1], [.. words[3..locals].Select(rank => (int)rank)], [.. words[locals..].Select(size => (ulong)size)]);
    }
}
