using System;
using System.Threading;
using HpcRuntime.Wire;

namespace HpcRuntime.Fabrics;

/// <summary>A message between ranks of one process: a buffer that goes back to its sender when the receiver disposes it.</summary>
internal sealed class InProcessMessage(InProcessMessagePool home) : Message
{
    /// <summary>Heads larger than this are not kept for the next message.</summary>
    private const int LargestKept = 256 * 1024;

    private readonly BlockList _blocks = new();
    private byte[] _buffer = new byte[256];
    private int _length;
    private int _disposed;

    internal InProcessMessage? Next { get; set; }

    internal int SourceRank { get; private set; }

    internal int SourceIncarnation { get; private set; }

    public override byte[] Buffer => _buffer;

    public override int Offset => 0;

    public override int Length => _length;

    public override WireBlockSource Blocks => _blocks.Count == 0 ? WireBlockSource.None : _blocks;

    internal void Fill(int rank, int incarnation, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks, bool isolated)
    {
        _disposed = 0;
        SourceRank = rank;
        SourceIncarnation = incarnation;
        if (_buffer.Length < head.Length)
        {
            _buffer = new byte[Math.Max(head.Length, _buffer.Length * 2)];
        }

        head.CopyTo(_buffer);
        _length = head.Length;
        if (!blocks.IsEmpty)
        {
            _blocks.Set(blocks, isolated);
        }
    }

    public override void Dispose()
    {
        // A message is disposed by the loop that decoded it; a second call would put it into the pool twice.
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _blocks.Clear();
        if (_buffer.Length > LargestKept)
        {
            _buffer = new byte[256];
        }

        home.Return(this);
    }

    private sealed class BlockList : WireBlockSource
    {
        private Array?[] _arrays = [];
        private nuint[] _bytes = [];
        private int _count;

        public override int Count => _count;

        public override nuint ByteCount(int index) => index < _count ? _bytes[index] : throw new WireFormatException($"The message names block {index} but carries {_count}.");

        public override Array? TryTake(int index)
        {
            if (index >= _count)
            {
                throw new WireFormatException($"The message names block {index} but carries {_count}.");
            }

            return _arrays[index];
        }

        public override void Fill(int index, Array destination)
        {
            var source = TryTake(index) ?? throw new WireFormatException($"Block {index} was taken before.");
            Array.Copy(source, destination, source.LongLength);
        }

        internal void Set(ReadOnlySpan<WireBlock> blocks, bool isolated)
        {
            if (_arrays.Length < blocks.Length)
            {
                _arrays = new Array?[blocks.Length];
                _bytes = new nuint[blocks.Length];
            }

            for (var i = 0; i < blocks.Length; i++)
            {
                // The receiver gets an array of its own, made by the sender: one copy in all.
                _arrays[i] = isolated && blocks[i].Ownership is not (WireBlockOwnership.Shared or WireBlockOwnership.Published) ? (Array)blocks[i].Array.Clone() : blocks[i].Array;
                _bytes[i] = blocks[i].ByteCount;
            }

            _count = blocks.Length;
        }

        internal void Clear()
        {
            Array.Clear(_arrays, 0, _count);
            _count = 0;
        }
    }
}

/// <summary>Messages of one sender. It takes them alone; receivers give them back from their own threads.</summary>
internal sealed class InProcessMessagePool
{
    private InProcessMessage? _mine;
    private InProcessMessage? _returned;

    /// <summary>A message to fill. Called by the sender's one driving thread.</summary>
    internal InProcessMessage Take()
    {
        // Taking the whole returned list at once leaves no ABA race: only pushes compete on its head.
        var message = _mine ?? Interlocked.Exchange(ref _returned, null);
        if (message is null)
        {
            return new InProcessMessage(this);
        }

        _mine = message.Next;
        message.Next = null;
        return message;
    }

    internal void Return(InProcessMessage message)
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
