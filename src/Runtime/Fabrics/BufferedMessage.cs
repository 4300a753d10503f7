using System;
using HpcRuntime.Wire;

namespace HpcRuntime.Fabrics;

/// <summary>A message with its own copies of head and blocks, for communicators whose ranks share a process.</summary>
public sealed class BufferedMessage : Message
{
    private readonly CopiedBlocks _blocks;

    private BufferedMessage(byte[] head, CopiedBlocks blocks)
    {
        Buffer = head;
        _blocks = blocks;
    }

    /// <inheritdoc/>
    public override byte[] Buffer { get; }

    /// <inheritdoc/>
    public override int Offset => 0;

    /// <inheritdoc/>
    public override int Length => Buffer.Length;

    /// <inheritdoc/>
    public override WireBlockSource Blocks => _blocks;

    /// <summary>Copies what a sender hands to <see cref="Communicator.Send"/>. Arrays that nobody changes any more (<see cref="WireBlockOwnership.Shared"/>, <see cref="WireBlockOwnership.Published"/>) are not copied.</summary>
    public static BufferedMessage Copy(ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        var copies = new WireBlock[blocks.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = blocks[i].Ownership is WireBlockOwnership.Shared or WireBlockOwnership.Published ? blocks[i] : blocks[i] with { Array = (Array)blocks[i].Array.Clone() };
        }

        return new BufferedMessage(head.ToArray(), new CopiedBlocks(copies));
    }

    /// <summary>Does nothing: the buffers are left to the garbage collector.</summary>
    public override void Dispose()
    {
    }

    private sealed class CopiedBlocks(WireBlock[] blocks) : WireBlockSource
    {
        public override int Count => blocks.Length;

        public override nuint ByteCount(int index) => Block(index).ByteCount;

        public override Array? TryTake(int index) => Block(index).Array;

        public override void Fill(int index, Array destination) => Array.Copy(Block(index).Array, destination, destination.LongLength);

        private WireBlock Block(int index) =>
            (uint)index < (uint)blocks.Length ? blocks[index] : throw new WireFormatException($"The message names block {index} but carries {blocks.Length}.");
    }
}
