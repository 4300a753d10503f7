using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A received message: the frame as it came, and blocks that are received into the arrays of their reader. What the reader does not want is received and dropped on disposal.
/// Used again once disposed.</summary>
internal sealed unsafe class MpiMessage(MpiReceiver receiver) : Message
{
    private const int SmallestBuffer = 4096;
    private const int LargestKept = 256 << 10;

    private readonly BlockSource _blocks = new();
    private byte[] _buffer = GC.AllocateUninitializedArray<byte>(SmallestBuffer, pinned: true);
    private int _offset;
    private int _length;
    private int _disposed;

    /// <summary>The next in the pool.</summary>
    internal MpiMessage? Next { get; set; }

    public override byte[] Buffer => _buffer;

    public override int Offset => _offset;

    public override int Length => _length;

    public override WireBlockSource Blocks => _blocks.Count == 0 ? WireBlockSource.None : _blocks;

    /// <summary>The frame's header.</summary>
    internal MpiFrame Frame { get; private set; }

    /// <summary>Where a frame of so many bytes is received. The buffer never moves.</summary>
    internal byte* Room(int bytes)
    {
        _disposed = 0;
        if (_buffer.Length < bytes)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(Math.Max(bytes, _buffer.Length * 2), pinned: true);
        }

        return (byte*)Unsafe.AsPointer(ref _buffer[0]);
    }

    /// <summary>Takes the frame in that was received; false when it cannot be one, or its sender is gone before its head was here.</summary>
    internal bool Open(MpiPeer from, int bytes)
    {
        _blocks.Clear();
        if (bytes < MpiFrame.Bytes)
        {
            return false;
        }

        var frame = Frame = Unsafe.ReadUnaligned<MpiFrame>(ref _buffer[0]);
        var entries = (long)frame.Blocks * MpiBlockEntry.Bytes;
        if (frame.Blocks < 0 || frame.HeadLength < 0 || MpiFrame.Bytes + entries + (frame.HeadFollows != 0 ? 0 : frame.HeadLength) > bytes)
        {
            return false;
        }

        _blocks.Open(receiver, from, frame.Stream, _buffer, bytes, frame.Blocks);
        _length = frame.HeadLength;
        _offset = MpiFrame.Bytes + (int)entries;
        if (frame.HeadFollows == 0)
        {
            return true;
        }

        var head = GC.AllocateUninitializedArray<byte>(frame.HeadLength, pinned: true);
        if (!receiver.ReceivePieces(from, frame.Stream, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(head)), (nuint)head.Length))
        {
            _ = GCHandle.Alloc(head); // For good: the library may still write there.
            return false;
        }

        // Blocks that lie in the frame keep its buffer.
        (_buffer, _offset) = (head, 0);
        return true;
    }

    /// <summary>Where its blocks that were spread are read; taken over.</summary>
    internal void Attach(HostCopy copy) => _blocks.Copy = copy;

    public override void Dispose()
    {
        // A message is disposed by whoever decoded it; a second call would put it into the pool twice.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _blocks.DropRest();
        _blocks.Clear();
        if (_buffer.Length > LargestKept)
        {
            _buffer = GC.AllocateUninitializedArray<byte>(SmallestBuffer, pinned: true);
        }

        receiver.Return(this);
    }

    private sealed class BlockSource : WireBlockSource
    {
        private MpiReceiver? _receiver;
        private MpiPeer? _from;
        private byte[] _frame = [];
        private MpiBlockEntry[] _entries = [];
        private int _frameBytes;
        private int _stream;
        private int _count;
        private int _next; // The first block whose pieces are still to come.

        /// <summary>The host's copy of what was spread; null where nothing was.</summary>
        internal HostCopy? Copy { get; set; }

        public override int Count => _count;

        public override nuint ByteCount(int index) => (nuint)Entry(index).ByteCount;

        public override void Fill(int index, Array destination)
        {
            var entry = Entry(index);
            fixed (byte* start = &MemoryMarshal.GetArrayDataReference(destination))
            {
                HeapPages.PreferHuge(start, (nuint)entry.ByteCount);
                if (entry.At == MpiBlockEntry.Spread)
                {
                    if (Copy?.TryRead(OffsetOf(index), start, (nuint)entry.ByteCount) != true)
                    {
                        throw new WireFormatException($"Block {index} is not in the copy of this host.");
                    }

                    return;
                }

                if (entry.At != MpiBlockEntry.Follows)
                {
                    if (entry.At < 0 || (ulong)entry.At + entry.ByteCount > (ulong)_frameBytes)
                    {
                        throw new WireFormatException($"Block {index} lies outside its message.");
                    }

                    fixed (byte* source = &_frame[entry.At])
                    {
                        System.Buffer.MemoryCopy(source, start, entry.ByteCount, entry.ByteCount);
                    }

                    return;
                }

                // Those before it that nobody wanted come first.
                for (; _next < index; _next++)
                {
                    Drop(_next);
                }

                _next = index + 1;
                if (!_receiver!.ReceivePieces(_from!, _stream, start, (nuint)entry.ByteCount))
                {
                    _ = new PinnedGCHandle<Array>(destination); // For good: the library may still write there.
                    throw new WireFormatException($"The rank that sent block {index} was lost before all of it was here.") { SenderIsLost = true };
                }
            }
        }

        internal void Open(MpiReceiver receiver, MpiPeer from, int stream, byte[] frame, int frameBytes, int count)
        {
            (_receiver, _from, _stream, _frame, _frameBytes, _count, _next) = (receiver, from, stream, frame, frameBytes, count, 0);
            if (count > 0)
            {
                if (_entries.Length < count)
                {
                    _entries = new MpiBlockEntry[count];
                }

                MemoryMarshal.Cast<byte, MpiBlockEntry>(frame.AsSpan(MpiFrame.Bytes, count * MpiBlockEntry.Bytes)).CopyTo(_entries);
            }
        }

        internal void DropRest()
        {
            for (; _next < _count; _next++)
            {
                Drop(_next);
            }
        }

        internal void Clear()
        {
            Copy?.Release();
            Copy = null;
            _count = 0;
            _frame = [];
            _from = null;
        }

        private ulong OffsetOf(int index)
        {
            var offset = 0ul;
            for (var i = 0; i < index; i++)
            {
                offset += _entries[i].At == MpiBlockEntry.Spread ? SpreadLayout.Room(_entries[i].ByteCount) : 0;
            }

            return offset;
        }

        private void Drop(int index)
        {
            if (_entries[index].At == MpiBlockEntry.Follows)
            {
                _receiver!.DropPieces(_from!, _stream, (nuint)_entries[index].ByteCount);
            }
        }

        private MpiBlockEntry Entry(int index) => (uint)index < (uint)_count ? _entries[index] : throw new WireFormatException($"The message names block {index} but carries {_count}.");
    }
}
