using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>Two rings in shared memory, to and from another rank of this host: frames that need no library. What is sent is sent under the gate; what is received, by the poller.</summary>
internal sealed unsafe class FrameRings
{
    /// <summary>Bytes of each ring: the longest frame fits many times.</summary>
    internal const int RingBytes = 64 << 10;

    private const int HeaderBytes = RingLayout.LeastFrameBytes;

    private readonly Mapping _sends;
    private readonly Mapping _receives;
    private readonly RingProducer _producer;
    private readonly RingConsumer _consumer;
    private readonly Queue<(nint Frame, int Bytes)> _waiting = new(); // For room.

    /// <param name="file">Where the rings are.</param>
    /// <param name="sendsAt">Where the bytes of the ring to the other rank begin in the file.</param>
    /// <param name="sendControl">Its control words.</param>
    /// <param name="receivesAt">The same of the ring from the other rank.</param>
    /// <param name="receiveControl">The same.</param>
    internal FrameRings(MemoryFile file, long sendsAt, byte* sendControl, long receivesAt, byte* receiveControl)
    {
        _sends = Mapping.TwiceOf(file, sendsAt, RingBytes);
        _receives = Mapping.TwiceOf(file, receivesAt, RingBytes);
        _producer = new RingProducer(sendControl, _sends.Address, RingBytes);
        _consumer = new RingConsumer(receiveControl, _receives.Address, RingBytes);
    }

    /// <summary>Frames that wait for room.</summary>
    internal int Waiting => _waiting.Count;

    /// <summary>Where a frame of so many bytes is written, which <see cref="Publish"/> then sends; null when there is no room, or others wait for it.</summary>
    internal byte* TryReserve(int bytes) => _waiting.Count == 0 ? Reserve(bytes) : null;

    internal void Publish() => _producer.Publish();

    /// <summary>Keeps a frame until there is room, behind those that wait already.</summary>
    /// <param name="frame">Native memory; returned to the buffers once it has left.</param>
    /// <param name="bytes">What it holds.</param>
    internal void Defer(byte* frame, int bytes) => _waiting.Enqueue(((nint)frame, bytes));

    /// <summary>Sends what waits, as far as there is room; the reader rings when there is more. True when something was sent.</summary>
    internal bool Push(MpiBuffers buffers)
    {
        var any = false;
        while (_waiting.TryPeek(out var first))
        {
            var room = Reserve(first.Bytes);
            if (room == null)
            {
                // The reader may have made room before it saw that it is wanted.
                _producer.AskForRoom();
                room = Reserve(first.Bytes);
                if (room == null)
                {
                    return any;
                }
            }

            Unsafe.CopyBlockUnaligned(room, (byte*)first.Frame, (uint)first.Bytes);
            Publish();
            _ = _waiting.Dequeue();
            buffers.Return((byte*)first.Frame, (nuint)first.Bytes);
            any = true;
        }

        return any;
    }

    /// <summary>Lets go of what waits: nobody reads it any more.</summary>
    internal void Drop(MpiBuffers buffers)
    {
        while (_waiting.TryDequeue(out var frame))
        {
            buffers.Return((byte*)frame.Frame, (nuint)frame.Bytes);
        }
    }

    /// <summary>The next frame, or an empty span; valid until <see cref="Release"/>.</summary>
    /// <exception cref="CorruptFrameException">What is there cannot be a frame.</exception>
    internal ReadOnlySpan<byte> TryRead()
    {
        var frame = _consumer.TryRead();
        if (frame.IsEmpty)
        {
            return frame;
        }

        return frame.Length > HeaderBytes ? frame[HeaderBytes..] : throw new CorruptFrameException("a frame with nothing in it");
    }

    /// <summary>Gives the room of the frame that was read back. True when its sender waits for room and is to be rung.</summary>
    internal bool Release() => _consumer.Release();

    private byte* Reserve(int bytes)
    {
        var room = _producer.TryReserve(HeaderBytes + bytes);
        if (room.IsEmpty)
        {
            return null;
        }

        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room));
        *(int*)start = HeaderBytes + bytes;
        return start + HeaderBytes;
    }
}
