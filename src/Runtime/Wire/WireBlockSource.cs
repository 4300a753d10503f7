using System;

namespace HpcRuntime.Wire;

/// <summary>The blocks of a received message. The reader decodes the head, allocates each array, then lets the communicator fill it.</summary>
public abstract class WireBlockSource
{
    /// <summary>A message without blocks.</summary>
    public static WireBlockSource None { get; } = new NoBlocks();

    /// <summary>How many blocks the message carries.</summary>
    public abstract int Count { get; }

    /// <summary>Bytes in block <paramref name="index"/>, as announced by the message itself; known before anything is allocated.</summary>
    public abstract nuint ByteCount(int index);

    /// <summary>Hands over an array that already holds the block, where ranks share a process; <c>null</c> where it must be filled.
    /// The caller checks the type and shape before it uses the array. Each block is taken at most once.</summary>
    public virtual Array? TryTake(int index) => null;

    /// <summary>Copies block <paramref name="index"/> into <paramref name="destination"/>, which has exactly its size.
    /// Blocks are filled in order, each at most once.</summary>
    public abstract void Fill(int index, Array destination);

    private sealed class NoBlocks : WireBlockSource
    {
        public override int Count => 0;

        public override nuint ByteCount(int index) => throw new WireFormatException($"The message names block {index} but carries none.");

        public override void Fill(int index, Array destination) => throw new WireFormatException($"The message names block {index} but carries none.");
    }
}
