using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What this rank sends: nothing waits for the receiver. Small messages are written into a ring, or copied into native memory for the library; arrays that nobody changes go from where they are.
/// Everything under the gate.</summary>
internal sealed unsafe class MpiPost(MpiAbi abi, nint comm, MpiGate gate)
{
    /// <summary>So many sends that have not ended are asked after at each look.</summary>
    private const int AskedAtOnce = 4;

    private readonly MpiBuffers _buffers = new();
    private readonly LinkedList<Pending> _pending = new();
    private readonly List<MpiPeer> _crowded = []; // Whose rings had no room for all.

    /// <summary>Sends that have not ended, and ranks for which frames wait.</summary>
    internal int PendingCount => _pending.Count + _crowded.Count;

    internal MpiBuffers Buffers => _buffers;

    internal bool IsPendingTo(MpiPeer to)
    {
        if (to.Rings is { Waiting: > 0 } && !to.HasDied)
        {
            return true;
        }

        foreach (var pending in _pending)
        {
            if (pending.To == to && !to.HasDied)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Sends one frame, and what follows it.</summary>
    /// <param name="to">The receiver.</param>
    /// <param name="kind">What it says.</param>
    /// <param name="ticket">The opening it belongs to.</param>
    /// <param name="head">Copied.</param>
    /// <param name="blocks">Copied, or used until they have left.</param>
    /// <param name="spread">Where the receiver finds the blocks that are published; 0 to send them too.</param>
    internal void Send(MpiPeer to, MpiFrameKind kind, int ticket, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks, long spread = 0)
    {
        var entries = blocks.Length * MpiBlockEntry.Bytes;
        var headFollows = MpiFrame.Bytes + entries + head.Length > MpiFrame.MostInside;
        var length = MpiFrame.Bytes + entries + (headFollows ? 0 : Aligned(head.Length));
        var follows = headFollows;
        Span<MpiBlockEntry> table = blocks.Length <= 64 ? stackalloc MpiBlockEntry[blocks.Length] : new MpiBlockEntry[blocks.Length];
        for (var i = 0; i < blocks.Length; i++)
        {
            var bytes = blocks[i].ByteCount;
            if (spread != 0 && blocks[i].Ownership == WireBlockOwnership.Published)
            {
                table[i] = new MpiBlockEntry { ByteCount = bytes, At = MpiBlockEntry.Spread };
                continue;
            }

            var inside = bytes <= MpiFrame.MostBlockInside && length + (int)bytes <= MpiFrame.MostInside;
            table[i] = new MpiBlockEntry { ByteCount = bytes, At = inside ? length : MpiBlockEntry.Follows };
            length += inside ? Aligned((int)bytes) : 0;
            follows |= !inside;
        }

        var stream = 0;
        if (follows)
        {
            stream = NextStream(to);
        }

        var isShort = length <= MpiFrame.MostAtOnce;
        var inRing = isShort && to.Rings is { } rings ? rings.TryReserve(length) : null;
        var frame = inRing != null ? inRing : _buffers.Take((nuint)length);
        *(MpiFrame*)frame = new MpiFrame { Kind = kind, Ticket = ticket, HeadLength = head.Length, Blocks = blocks.Length, Stream = stream, HeadFollows = headFollows ? 1 : 0, Spread = spread };
        table.CopyTo(new Span<MpiBlockEntry>(frame + MpiFrame.Bytes, blocks.Length));
        if (!headFollows)
        {
            head.CopyTo(new Span<byte>(frame + MpiFrame.Bytes + entries, head.Length));
        }

        for (var i = 0; i < blocks.Length; i++)
        {
            if (table[i].At >= 0)
            {
                fixed (byte* source = &MemoryMarshal.GetArrayDataReference(blocks[i].Array))
                {
                    Unsafe.CopyBlockUnaligned(frame + table[i].At, source, (uint)blocks[i].ByteCount);
                }
            }
        }

        if (inRing != null)
        {
            to.Rings!.Publish();
        }
        else if (isShort)
        {
            BeginFrame(to, frame, (nuint)length);
        }
        else
        {
            BeginLong(to, frame, length);
        }

        if (headFollows)
        {
            fixed (byte* source = head)
            {
                SendCopies(to, stream, source, (nuint)head.Length);
            }
        }

        for (var i = 0; i < blocks.Length; i++)
        {
            if (table[i].At == MpiBlockEntry.Follows)
            {
                SendBlock(to, stream, blocks[i]);
            }
        }
    }

    /// <summary>The tag for what goes to a rank beside frames.</summary>
    internal static int NextStream(MpiPeer to)
    {
        var stream = MpiFrame.FirstStream + to.NextStream;
        to.NextStream = (to.NextStream + 1) % MpiFrame.Streams;
        return stream;
    }

    /// <summary>Sends a part of an array that nobody changes, from where it is.</summary>
    internal void SendPiece(MpiPeer to, int stream, Array array, nuint at, nuint bytes)
    {
        var pin = new PinnedGCHandle<Array>(array);
        var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(array));
        Begin(to, stream, start + at, bytes, new Pending(to, null, 0, pin));
    }

    /// <summary>Sends a part of a host's copy, which lives on until it has left.</summary>
    internal void SendPiece(MpiPeer to, int stream, HostCopy copy, nuint at, nuint bytes) =>
        Begin(to, stream, copy.Address + at, bytes, new Pending(to, null, 0, default) { Source = copy.Retain() });

    /// <summary>Asks after sends that have not ended, a few at a time. Those to ranks that have died are left where they are: what they use is never used again.</summary>
    /// <param name="ended">Called with the receiver when one has ended after a while: it may have arrived only now.</param>
    internal void AskAfter(Action<MpiPeer> ended)
    {
        for (var i = _crowded.Count - 1; i >= 0; i--)
        {
            PushTo(_crowded[i], ended);
        }

        for (var asked = 0; asked < AskedAtOnce && _pending.First is { } first; asked++)
        {
            _pending.RemoveFirst();
            var pending = first.Value;
            if (pending.To.HasDied)
            {
                continue;
            }

            if (HasEnded(ref pending))
            {
                ended(pending.To);
            }
            else
            {
                first.Value = pending;
                _pending.AddLast(first);
            }
        }
    }

    private static int Aligned(int bytes) => (bytes + 15) & ~15;

    private void SendBlock(MpiPeer to, int stream, in WireBlock block)
    {
        if (block.Ownership == WireBlockOwnership.Sender)
        {
            fixed (byte* source = &MemoryMarshal.GetArrayDataReference(block.Array))
            {
                SendCopies(to, stream, source, block.ByteCount);
            }

            return;
        }

        for (nuint at = 0; at < block.ByteCount;)
        {
            var bytes = Math.Min(block.ByteCount - at, (nuint)to.PieceBytes);
            var pin = new PinnedGCHandle<Array>(block.Array);
            var start = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(block.Array));
            Begin(to, stream, start + at, bytes, new Pending(to, null, 0, pin));
            at += bytes;
            BetweenPieces();
        }
    }

    /// <summary>Signs of life slip in between: gigabytes take seconds to copy. What follows a frame has a tag of its own, so it does not matter what comes between.</summary>
    private void BetweenPieces()
    {
        gate.Exit();
        gate.Enter();
    }

    private void SendCopies(MpiPeer to, int stream, byte* source, nuint length, bool atOnce = false)
    {
        for (nuint at = 0; at < length;)
        {
            var bytes = Math.Min(length - at, (nuint)to.PieceBytes);
            var copy = _buffers.Take(bytes);
            Buffer.MemoryCopy(source + at, copy, bytes, bytes);
            Begin(to, stream, copy, bytes, new Pending(to, copy, bytes, default));
            at += bytes;
            if (!atOnce)
            {
                BetweenPieces();
            }
        }
    }

    /// <summary>Has a frame wait for room in the ring.</summary>
    private void Defer(MpiPeer to, byte* frame, nuint bytes)
    {
        to.Rings!.Defer(frame, (int)bytes);
        if (!_crowded.Contains(to))
        {
            _crowded.Add(to);
            PushTo(to, static _ => { }); // There may be room by now; if not, this asks for it. Whoever sends rings.
        }
    }

    private void PushTo(MpiPeer to, Action<MpiPeer> ended)
    {
        var rings = to.Rings!;
        if (to.HasDied)
        {
            rings.Drop(_buffers);
        }
        else if (rings.Push(_buffers))
        {
            ended(to);
        }

        if (rings.Waiting == 0)
        {
            _crowded.Remove(to);
        }
    }

    /// <summary>Sends a short frame that was not written into a ring. Most have left when the library comes back, and then nothing is to be remembered.</summary>
    [SkipLocalsInit]
    private void BeginFrame(MpiPeer to, byte* frame, nuint bytes)
    {
        if (to.Rings is not null)
        {
            Defer(to, frame, bytes);
            return;
        }

        nint request = 0;
        int flag;
        RawStatus status;
        if (MpiCalls.Send(frame, (int)bytes, abi.Byte, to.Rank, MpiFrame.Tag, comm, &request) != 0 || MpiCalls.Test(&request, &flag, &status) != 0)
        {
            to.HasDied = true; // As in Begin.
            flag = 1;
        }

        if (flag != 0)
        {
            _buffers.Return(frame, bytes);
            return;
        }

        _pending.AddLast(new Pending(to, frame, bytes, default) { Request = request });
    }

    /// <summary>Announces a frame, and sends it.</summary>
    private void BeginLong(MpiPeer to, byte* frame, int bytes)
    {
        var announced = _buffers.Take(MpiFrame.Bytes);
        *(MpiFrame*)announced = new MpiFrame { Kind = MpiFrameKind.Long, Spread = bytes };
        BeginFrame(to, announced, MpiFrame.Bytes);
        if (bytes <= to.PieceBytes)
        {
            Begin(to, MpiFrame.LongTag, frame, (nuint)bytes, new Pending(to, frame, (nuint)bytes, default));
            return;
        }

        // Of a message with half a million blocks. No other's may come between its pieces: they have the same tag.
        SendCopies(to, MpiFrame.LongTag, frame, (nuint)bytes, atOnce: true);
        _buffers.Return(frame, (nuint)bytes);
    }

    /// <summary>Sends a piece, and the sum over it.</summary>
    private void Begin(MpiPeer to, int tag, byte* start, nuint bytes, Pending pending)
    {
        var sum = (ulong*)_buffers.Take(PieceSum.Bytes);
        *sum = PieceSum.Of(start, bytes); // Before the piece leaves: afterwards its memory may be another's.
        BeginOne(to, tag, start, bytes, pending);
        BeginOne(to, tag, (byte*)sum, PieceSum.Bytes, new Pending(to, (byte*)sum, PieceSum.Bytes, default));
    }

    private void BeginOne(MpiPeer to, int tag, byte* start, nuint bytes, Pending pending)
    {
        nint request = 0;
        if (MpiCalls.Send(start, (int)bytes, abi.Byte, to.Rank, tag, comm, &request) != 0)
        {
            // Over a network, a library notices here that the other side is gone.
            to.HasDied = true;
            Release(pending);
            return;
        }

        pending.Request = request;
        if (!HasEnded(ref pending))
        {
            _pending.AddLast(pending);
        }
    }

    private bool HasEnded(ref Pending pending)
    {
        int flag;
        RawStatus status;
        var request = pending.Request;
        var code = MpiCalls.Test(&request, &flag, &status);
        pending.Request = request;
        if (code != 0)
        {
            pending.To.HasDied = true;
        }
        else if (flag == 0)
        {
            return false;
        }

        Release(pending);
        return true;
    }

    private void Release(in Pending pending)
    {
        if (pending.Copy != null)
        {
            _buffers.Return(pending.Copy, pending.CopyBytes);
        }

        if (pending.Pin.IsAllocated)
        {
            var pin = pending.Pin;
            pin.Dispose();
        }

        pending.Source?.Release();
    }

    /// <summary>A send under way, and what it needs until its end.</summary>
    private struct Pending(MpiPeer to, byte* copy, nuint copyBytes, PinnedGCHandle<Array> pin)
    {
        internal readonly MpiPeer To = to;
        internal readonly byte* Copy = copy;
        internal readonly nuint CopyBytes = copyBytes;
        internal readonly PinnedGCHandle<Array> Pin = pin;
        internal nint Request;
        internal HostCopy? Source;
    }
}
