using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>A message that came through a socket: its head in an array, its blocks in memory of their own until the reader pulls them. Used again once disposed.</summary>
internal sealed unsafe class SocketMessage(Stack<SocketMessage> home) : Message
{
    private const int LargestKept = 256 * 1024;

    private readonly BlockMemory _blocks = new();
    private byte[] _buffer = new byte[512];
    private int _length;
    private bool _inUse;

    public override byte[] Buffer => _buffer;

    public override int Offset => 0;

    public override int Length => _length;

    public override WireBlockSource Blocks => _blocks.Count == 0 ? WireBlockSource.None : _blocks;

    internal static SocketMessage Take(Stack<SocketMessage> pool, int length, ReadOnlySpan<ulong> blocks)
    {
        var message = pool.TryPop(out var used) ? used : new SocketMessage(pool);
        if (message._buffer.Length < length)
        {
            message._buffer = new byte[Math.Max(length, Math.Min(LargestKept, message._buffer.Length * 2))];
        }

        message._length = length;
        message._inUse = true;
        message._blocks.Allocate(blocks);
        return message;
    }

    /// <summary>The memory of a block, to be filled.</summary>
    internal (nint Address, nuint Length) Block(int index) => _blocks.Memory(index);

    public override void Dispose()
    {
        if (!_inUse)
        {
            return;
        }

        _inUse = false;
        _blocks.Free();
        if (_buffer.Length > LargestKept)
        {
            _buffer = new byte[512];
        }

        home.Push(this);
    }

    private sealed class BlockMemory : WireBlockSource
    {
        private readonly List<(nint Address, nuint Length)> _blocks = [];

        ~BlockMemory() => Free(); // A message that nobody disposed.

        public override int Count => _blocks.Count;

        public override nuint ByteCount(int index) => Memory(index).Length;

        public override void Fill(int index, Array destination)
        {
            var (address, length) = Memory(index);
            ref var target = ref MemoryMarshal.GetArrayDataReference(destination);
            HeapPages.PreferHuge(Unsafe.AsPointer(ref target), length);
            for (nuint at = 0; at < length;)
            {
                var piece = (uint)Math.Min(length - at, 1 << 30);
                Unsafe.CopyBlockUnaligned(ref Unsafe.AddByteOffset(ref target, at), ref Unsafe.AsRef<byte>((byte*)address + at), piece);
                at += piece;
            }
        }

        internal (nint Address, nuint Length) Memory(int index) =>
            (uint)index < (uint)_blocks.Count ? _blocks[index] : throw new WireFormatException($"The message names block {index} but carries {_blocks.Count}.");

        internal void Allocate(ReadOnlySpan<ulong> lengths)
        {
            foreach (var length in lengths)
            {
                _blocks.Add(((nint)NativeMemory.Alloc((nuint)Math.Max(1, length)), (nuint)length));
            }
        }

        internal void Free()
        {
            foreach (var (address, _) in _blocks)
            {
                NativeMemory.Free((void*)address);
            }

            _blocks.Clear();
        }
    }
}
