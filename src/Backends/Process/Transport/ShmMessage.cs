using System;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>A message that came through a ring. Its body was copied out of the ring; its large blocks stay in the sender's bulk area until they are filled into arrays.</summary>
internal sealed unsafe class ShmMessage(ShmMessagePool home) : Message
{
    /// <summary>Bodies larger than this are not kept for the next message.</summary>
    private const int LargestKept = 256 * 1024;

    private readonly BlockList _blocks = new();
    private byte[] _buffer = new byte[256];
    private int _disposed;

    internal ShmMessage? Next { get; set; }

    public override byte[] Buffer => _buffer;

    public override int Offset => _blocks.Count * BlockEntry.Bytes;

    public override int Length => _blocks.HeadLength;

    public override WireBlockSource Blocks => _blocks.Count == 0 ? WireBlockSource.None : _blocks;

    /// <summary>Takes in a whole frame.</summary>
    /// <exception cref="CorruptFrameException">It does not hold together; the message is to be disposed.</exception>
    internal void Read(ReadOnlySpan<byte> frame, uint sequence, BulkReader bulk)
    {
        _disposed = 0;
        _blocks.Clear();
        var header = MemoryMarshal.Read<FrameHeader>(frame);
        if (header.Sequence != sequence)
        {
            throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"frame {header.Sequence:x8} where {sequence:x8} was due"));
        }

        var body = frame[Frame.HeaderBytes..];
        var blocks = header.Blocks;
        if (blocks < 0)
        {
            blocks = ~blocks;
            ReadFromBulk(body, bulk, out body, out var entry);
            Take(body, header.HeadLength, blocks, bulk);
            bulk.Free(entry);
        }
        else
        {
            Take(body, header.HeadLength, blocks, bulk);
        }
    }

    public override void Dispose()
    {
        // A message is disposed by the loop that decoded it; a second call would put it into the pool twice.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _blocks.Release();
        if (_buffer.Length > LargestKept)
        {
            _buffer = new byte[256];
        }

        home.Return(this);
    }

    private static void ReadFromBulk(ReadOnlySpan<byte> reference, BulkReader bulk, out ReadOnlySpan<byte> body, out BlockEntry entry)
    {
        if (reference.Length != BlockEntry.Bytes)
        {
            throw new CorruptFrameException("a reference of the wrong size");
        }

        entry = MemoryMarshal.Read<BlockEntry>(reference);
        bulk.Check(entry);
        if (entry.ByteCount > (ulong)Array.MaxLength)
        {
            throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a body of {entry.ByteCount} bytes"));
        }

        body = new ReadOnlySpan<byte>(bulk.Data(entry), (int)entry.ByteCount);
    }

    private void Take(ReadOnlySpan<byte> body, int headLength, int blocks, BulkReader bulk)
    {
        var start = (long)blocks * BlockEntry.Bytes;
        if (headLength < 0 || start + headLength > body.Length)
        {
            throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a head of {headLength} bytes and {blocks} blocks in a body of {body.Length} bytes"));
        }

        if (_buffer.Length < body.Length)
        {
            _buffer = new byte[Math.Max(body.Length, (int)Math.Min((long)_buffer.Length * 2, Array.MaxLength))];
        }

        body.CopyTo(_buffer);
        _blocks.Set(_buffer, body.Length, headLength, blocks, bulk);
    }

    private sealed class BlockList : WireBlockSource
    {
        private const long Gone = -2;

        private byte[] _body = [];
        private BulkReader? _bulk;
        private int _count;

        public override int Count => _count;

        internal int HeadLength { get; private set; }

        public override nuint ByteCount(int index) => (nuint)Entry(index).ByteCount;

        public override void Fill(int index, Array destination)
        {
            ref var entry = ref Entry(index);
            var bytes = (nuint)entry.ByteCount;
            fixed (byte* target = &MemoryMarshal.GetArrayDataReference(destination))
            {
                HeapPages.PreferHuge(target, bytes);
                switch (entry.Segment)
                {
                    case Gone:
                        throw new WireFormatException($"Block {index} was taken before.");
                    case BlockEntry.Inside:
                        _body.AsSpan((_count * BlockEntry.Bytes) + HeadLength + (int)entry.Offset, (int)bytes).CopyTo(new Span<byte>(target, (int)bytes));
                        break;
                    default:
                        System.Buffer.MemoryCopy(_bulk!.Data(entry), target, bytes, bytes);
                        _bulk.Free(entry);
                        break;
                }
            }

            entry.Segment = Gone;
        }

        internal void Set(byte[] body, int length, int headLength, int count, BulkReader bulk)
        {
            _body = body;
            HeadLength = headLength;
            if (count == 0)
            {
                return;
            }

            _bulk = bulk;
            bulk.Retain();
            var inside = (ulong)(length - headLength - (count * BlockEntry.Bytes));
            for (var i = 0; i < count; i++)
            {
                _count = i; // What was checked is released when a later one does not hold.
                ref var entry = ref At(i);
                if (entry.Segment != BlockEntry.Inside)
                {
                    bulk.Check(entry);
                }
                else if (entry.Offset < 0 || entry.ByteCount > inside || (ulong)entry.Offset > inside - entry.ByteCount)
                {
                    throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a block of {entry.ByteCount} bytes at {entry.Offset} of {inside}"));
                }
            }

            _count = count;
        }

        internal void Release()
        {
            if (_bulk is { } bulk)
            {
                for (var i = 0; i < _count; i++)
                {
                    ref var entry = ref At(i);
                    if (entry.Segment >= 0)
                    {
                        bulk.Free(entry);
                    }
                }

                bulk.Release();
            }

            Clear();
        }

        internal void Clear()
        {
            _bulk = null;
            _count = 0;
            HeadLength = 0;
            _body = [];
        }

        private ref BlockEntry Entry(int index)
        {
            if ((uint)index >= (uint)_count)
            {
                throw new WireFormatException($"The message names block {index} but carries {_count}.");
            }

            return ref At(index);
        }

        private ref BlockEntry At(int index) => ref Unsafe.As<byte, BlockEntry>(ref _body[index * BlockEntry.Bytes]);
    }
}

/// <summary>Messages of one receiving rank. It takes them alone; they may be given back from any thread.</summary>
internal sealed class ShmMessagePool
{
    private ShmMessage? _mine;
    private ShmMessage? _returned;

    internal ShmMessage Take()
    {
        // Taking the whole returned list at once leaves no ABA race: only pushes compete on its head.
        var message = _mine ?? Interlocked.Exchange(ref _returned, null);
        if (message is null)
        {
            return new ShmMessage(this);
        }

        _mine = message.Next;
        message.Next = null;
        return message;
    }

    internal void Return(ShmMessage message)
    {
        var head = Volatile.Read(ref _returned);
        while (true)
        {
            message.Next = head;
            var seen = Interlocked.CompareExchange(ref _returned, message, head);
            if (seen == head)
            {
                return;
            }

            head = seen;
        }
    }
}
