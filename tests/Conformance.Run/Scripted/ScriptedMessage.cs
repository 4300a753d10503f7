using System;
using System.Runtime.InteropServices;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Conformance.Run.Scripted;

/// <summary>A message that is nothing but bytes: no object of the sender reaches the receiver.</summary>
internal sealed class ScriptedMessage : Message
{
    private readonly byte[][] _blocks;

    internal ScriptedMessage(ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        // The head lies somewhere inside a larger buffer, as it would behind the header of a real transport.
        Buffer = new byte[head.Length + Offset + 3];
        head.CopyTo(Buffer.AsSpan(Offset));
        Length = head.Length;
        _blocks = new byte[blocks.Length][];
        for (var i = 0; i < blocks.Length; i++)
        {
            _blocks[i] = new byte[checked((int)blocks[i].ByteCount)];
            BytesOf(blocks[i].Array, _blocks[i].Length).CopyTo(_blocks[i]);
        }
    }

    public override byte[] Buffer { get; }

    public override int Offset => 7;

    public override int Length { get; }

    public override WireBlockSource Blocks => new Source(_blocks);

    /// <summary>Spoils the buffers: who still reads them after disposal reads rubbish.</summary>
    public override void Dispose()
    {
        Buffer.AsSpan().Fill(0xEE);
        Array.ForEach(_blocks, block => block.AsSpan().Fill(0xEE));
    }

    private static Span<byte> BytesOf(Array array, int count) =>
        array.Length == 0 ? [] : MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(array), count);

    private sealed class Source(byte[][] blocks) : WireBlockSource
    {
        public override int Count => blocks.Length;

        public override nuint ByteCount(int index) => (nuint)blocks[index].Length;

        public override void Fill(int index, Array destination) => blocks[index].CopyTo(BytesOf(destination, blocks[index].Length));
    }
}
