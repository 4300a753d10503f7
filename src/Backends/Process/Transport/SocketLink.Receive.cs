using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <content>Receiving: small messages are cut out of one buffer, large ones are read to where they stay.</content>
internal sealed unsafe partial class SocketLink
{
    private const int MostBlocks = 1 << 20;

    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private SocketMessage? _incoming; // A message of which the first bytes are here.
    private int _part;                // Which part of it is being filled: 0 the head, then each block.
    private nuint _filled;            // Bytes of that part that are here.

    /// <summary>The next whole message; null when it is not here yet, or never will be (<see cref="IsClosed"/>).</summary>
    internal SocketMessage? TryReceive()
    {
        while (true)
        {
            if (_incoming is null && !TryBegin())
            {
                if (IsClosed || !Fill())
                {
                    return null;
                }

                continue;
            }

            if (TryComplete())
            {
                var message = _incoming;
                _incoming = null;
                return message;
            }

            if (IsClosed || !Fill())
            {
                return null;
            }
        }
    }

    /// <summary>Reads a header, when a whole one is in the buffer.</summary>
    private bool TryBegin()
    {
        var bytes = _buffer.AsSpan(_start, _end - _start);
        if (bytes.Length < HeaderBytes || Corruption is not null || Descriptor < 0)
        {
            return false;
        }

        var head = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        var blocks = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark || BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) != Check(head, blocks) || head > Array.MaxLength || blocks > MostBlocks)
        {
            Corruption = "it sent bytes that are no message";
            IsClosed = true;
            return false;
        }

        var whole = HeaderBytes + ((int)blocks * sizeof(ulong));
        if (bytes.Length < whole)
        {
            MakeRoom(whole);
            return false;
        }

        _incoming = SocketMessage.Take(_pool, (int)head, MemoryMarshal.Cast<byte, ulong>(bytes[HeaderBytes..whole]));
        _start += whole;
        (_part, _filled) = (0, 0);
        return true;
    }

    /// <summary>Fills the message from the buffer, then, what is large, from the socket.</summary>
    private bool TryComplete()
    {
        var message = _incoming!;
        while (true)
        {
            var whole = _part == 0 ? (nuint)message.Length : message.Block(_part - 1).Length;
            while (_filled < whole)
            {
                var moved = _part == 0 ? MoveToHead(message) : MoveToBlock(message.Block(_part - 1), whole);
                if (moved == 0)
                {
                    return false;
                }

                _filled += moved;
            }

            if (_part == message.Blocks.Count)
            {
                return true;
            }

            _part++;
            _filled = 0;
        }
    }

    private nuint MoveToHead(SocketMessage message)
    {
        fixed (byte* head = message.Buffer)
        {
            return Move(head + _filled, (nuint)message.Length - _filled);
        }
    }

    private nuint MoveToBlock((nint Address, nuint Length) block, nuint whole) => Move((byte*)block.Address + _filled, whole - _filled);

    /// <summary>Bytes moved to where they stay; 0 when there are none now.</summary>
    private nuint Move(byte* target, nuint wanted)
    {
        var buffered = (nuint)(_end - _start);
        if (buffered > 0)
        {
            var taken = (int)Math.Min(buffered, wanted);
            _buffer.AsSpan(_start, taken).CopyTo(new Span<byte>(target, taken));
            _start += taken;
            return (nuint)taken;
        }

        if (wanted < BufferBytes / 2)
        {
            return 0;
        }

        var received = LocalSocket.Receive(Descriptor, target, Math.Min(wanted, 1 << 30));
        IsClosed |= received == LocalSocket.Closed;
        return received > 0 ? (nuint)received : 0;
    }

    /// <summary>Reads what is there into the buffer; false when there is nothing.</summary>
    private bool Fill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            MakeRoom(_buffer.Length);
        }

        fixed (byte* start = _buffer)
        {
            var received = LocalSocket.Receive(Descriptor, start + _end, (nuint)(_buffer.Length - _end));
            IsClosed |= received == LocalSocket.Closed;
            _end += (int)Math.Max(0, received);
            return received > 0;
        }
    }

    private void MakeRoom(int bytes)
    {
        var kept = _buffer.AsSpan(_start, _end - _start);
        if (_start == 0 || bytes > _buffer.Length)
        {
            var larger = new byte[Math.Max(bytes, _buffer.Length * 2)];
            kept.CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            kept.CopyTo(_buffer);
        }

        _end -= _start;
        _start = 0;
    }
}
