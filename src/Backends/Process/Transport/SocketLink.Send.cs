using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Native;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <content>Sending: straight from the sender's memory; what the socket does not take is copied, or kept where nobody changes it, and sent later.</content>
internal sealed unsafe partial class SocketLink
{
    private const int CopyBytes = 1024 * 1024;

    private readonly LinkedList<Piece> _backlog = [];
    private Queue<SocketMessage>? _waitInto; // Where messages go that come in while a send waits; null for a link that keeps a backlog instead.
    private byte[] _scratch = new byte[4096];

    internal bool HasBacklog => _backlog.Count > 0;

    /// <summary>Sends one message, or as much of it as the socket takes; the rest goes with <see cref="Flush"/>.</summary>
    internal void Send(ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        if (IsClosed)
        {
            return;
        }

        var length = HeaderBytes + (blocks.Length * sizeof(ulong)) + head.Length;
        if (_scratch.Length < length)
        {
            _scratch = new byte[Math.Max(length, _scratch.Length * 2)];
        }

        var frame = _scratch.AsSpan(0, length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame, Mark);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], (uint)head.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[8..], (uint)blocks.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[12..], Check((uint)head.Length, (uint)blocks.Length));
        for (var i = 0; i < blocks.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(frame[(HeaderBytes + (i * sizeof(ulong)))..], blocks[i].ByteCount);
        }

        head.CopyTo(frame[(HeaderBytes + (blocks.Length * sizeof(ulong)))..]);
        Send(new Piece(_scratch, 0, (nuint)length), stays: false);
        foreach (var block in blocks)
        {
            Send(new Piece(block.Array, 0, block.ByteCount), stays: block.Ownership != WireBlockOwnership.Sender);
        }
    }

    /// <summary>Sends one message whole; while the socket is full, receives into <paramref name="received"/>.</summary>
    internal void SendWhole(ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks, Queue<SocketMessage> received)
    {
        _waitInto = received;
        Send(head, blocks);
        _waitInto = null;
    }

    /// <summary>Sends what was left; false while something still is.</summary>
    internal bool Flush()
    {
        while (_backlog.First is { } first)
        {
            if (IsClosed)
            {
                _backlog.Clear();
                return true;
            }

            var rest = SendNow(first.Value);
            if (rest.Length > 0)
            {
                first.Value = rest;
                return IsClosed;
            }

            if (HasBacklog)
            {
                _backlog.RemoveFirst(); // It is empty where the other end turned out to be gone.
            }
        }

        return true;
    }

    private void Send(Piece piece, bool stays)
    {
        var rest = HasBacklog ? piece : SendNow(piece);
        while (rest.Length > 0 && _waitInto is { } received && !IsClosed)
        {
            LocalSocket.Wait(Descriptor, write: true, -1);
            while (TryReceive() is { } message)
            {
                received.Enqueue(message);
            }

            rest = SendNow(rest);
        }

        if (rest.Length == 0 || IsClosed)
        {
            return;
        }

        if (stays)
        {
            _backlog.AddLast(rest);
            return;
        }

        while (rest.Length > 0)
        {
            var copy = new byte[(int)Math.Min(rest.Length, CopyBytes)];
            Unsafe.CopyBlockUnaligned(ref copy[0], ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(rest.Owner), rest.Offset), (uint)copy.Length);
            _backlog.AddLast(new Piece(copy, 0, (nuint)copy.Length));
            rest = rest.After((nuint)copy.Length);
        }
    }

    /// <summary>What the socket does not take.</summary>
    private Piece SendNow(Piece piece)
    {
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(piece.Owner))
        {
            while (piece.Length > 0)
            {
                var sent = LocalSocket.Send(Descriptor, start + piece.Offset, (nuint)Math.Min(piece.Length, CopyBytes));
                if (sent == LocalSocket.WouldBlock)
                {
                    break;
                }

                if (sent == LocalSocket.Closed)
                {
                    // What the other end sent before it went is still to be received: reading finds the end.
                    _backlog.Clear();
                    return default;
                }

                piece = piece.After((nuint)sent);
            }
        }

        return piece;
    }

    /// <summary>Bytes of an array that are still to be sent.</summary>
    private readonly record struct Piece(Array Owner, nuint Offset, nuint Length)
    {
        internal Piece After(nuint bytes) => new(Owner, Offset + bytes, Length - bytes);
    }
}
