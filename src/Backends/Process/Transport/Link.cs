using System;
using System.Buffers;
using HpcRuntime.Backends.Native;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>This rank's end of what it shares with one other rank: sends into one ring, receives from the other. One thread.</summary>
internal sealed unsafe class Link : IDisposable
{
    private readonly SlaveSegment _segment;
    private readonly Mapping _sendRing;
    private readonly Mapping _receiveRing;
    private readonly RingProducer _producer;
    private readonly RingConsumer _consumer;
    private readonly BulkWriter _bulkOut;
    private readonly BulkReader _bulkIn;
    private readonly ParkWord _peer;
    private readonly FrameWriter _writer;
    private readonly ArrayDeque<(byte[] Frame, int Length)> _backlog = new();
    private uint _received;
    private bool _woke;

    /// <param name="master">The run's segment.</param>
    /// <param name="segment">Retained until this link is disposed.</param>
    /// <param name="fromMaster">Whether this rank is the master.</param>
    /// <param name="shared">What all slaves share, on the master; null to copy for each.</param>
    internal Link(MasterSegment master, SlaveSegment segment, bool fromMaster, SharedBulk? shared = null)
    {
        _segment = segment.Retain();
        _peer = fromMaster ? segment.SlaveParked : master.MasterParked;
        var down = segment.MapDownRing();
        var up = segment.MapUpRing();
        (_sendRing, _receiveRing) = fromMaster ? (down, up) : (up, down);
        _producer = new RingProducer(fromMaster ? segment.DownControl : segment.UpControl, _sendRing.Address, segment.RingBytes);
        _consumer = new RingConsumer(fromMaster ? segment.UpControl : segment.DownControl, _receiveRing.Address, segment.RingBytes);
        _bulkOut = new BulkWriter(fromMaster ? segment.DownBulk : segment.UpBulk, master, _peer);
        _bulkIn = fromMaster ? new BulkReader(segment.UpBulk) : new BulkReader(segment.DownBulk, new BulkReader(master.File));
        _writer = new FrameWriter(_bulkOut, shared, segment.RingBytes / 4);
    }

    internal SlaveSegment Segment => _segment;

    internal bool HasBacklog => _backlog.Count > 0;

    /// <summary>Bytes of memory in the sending bulk area, those in use included.</summary>
    internal long BulkBytes => _bulkOut.HeldBytes;

    /// <summary>Sends a message; true when some of it went through the bulk area.</summary>
    internal bool Send(ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        var reserved = _bulkOut.Reserved;
        var length = _writer.Measure(head.Length, blocks);
        var room = HasBacklog ? [] : _producer.TryReserve(length);
        if (!room.IsEmpty)
        {
            _writer.Write(room, head, blocks);
            _producer.Publish();
            _woke |= _peer.Ring();
            return _bulkOut.Reserved != reserved;
        }

        var frame = ArrayPool<byte>.Shared.Rent(length);
        _writer.Write(frame.AsSpan(0, length), head, blocks);
        _backlog.AddLast((frame, length));
        PushBacklog();
        return _bulkOut.Reserved != reserved;
    }

    /// <summary>Moves what waits into the ring as far as there is room, and has the other rank ring when there is more.</summary>
    internal void PushBacklog()
    {
        var asked = false;
        var moved = false;
        while (_backlog.Count > 0)
        {
            var (frame, length) = _backlog[0];
            var room = _producer.TryReserve(length);
            if (room.IsEmpty)
            {
                if (asked)
                {
                    break;
                }

                _producer.AskForRoom();
                asked = true;
                continue;
            }

            frame.AsSpan(0, length).CopyTo(room);
            _producer.Publish();
            moved = true;
            _backlog.RemoveFirst();
            ArrayPool<byte>.Shared.Return(frame);
        }

        if (moved)
        {
            _woke |= _peer.Ring();
        }
    }

    /// <summary>Whether what was sent since the last call had to wake the other rank.</summary>
    internal bool TakeWoken()
    {
        var woke = _woke;
        _woke = false;
        return woke;
    }

    /// <summary>The next message; null when none is there.</summary>
    /// <exception cref="CorruptFrameException">The other rank wrote what cannot be a message.</exception>
    internal ShmMessage? TryReceive(ShmMessagePool pool)
    {
        var frame = _consumer.TryRead();
        if (frame.IsEmpty)
        {
            return null;
        }

        var message = pool.Take();
        try
        {
            message.Read(frame, FrameHeader.SequenceOf(_received), _bulkIn);
        }
        catch
        {
            message.Dispose();
            throw;
        }

        _received++;
        if (_consumer.Release())
        {
            _peer.Ring();
        }

        return message;
    }

    /// <summary>What the other rank has published so far, for <see cref="HasReceived"/>.</summary>
    internal long Published() => _consumer.Published;

    /// <summary>Whether everything up to that point was received.</summary>
    internal bool HasReceived(long published) => _consumer.HasReached(published);

    /// <summary>Takes back what the receiver has freed.</summary>
    internal void Reclaim() => _bulkOut.Reclaim(int.MaxValue);

    /// <summary>Gives the bulk area's pages back; false when the receiver still uses some.</summary>
    internal bool Trim() => _bulkOut.Trim();

    /// <summary>Unmaps everything; messages received before stay readable until they are disposed.</summary>
    public void Dispose()
    {
        while (_backlog.Count > 0)
        {
            ArrayPool<byte>.Shared.Return(_backlog.RemoveFirst().Frame);
        }

        _bulkOut.Dispose();
        _bulkIn.Release();
        _sendRing.Dispose();
        _receiveRing.Dispose();
        _segment.Dispose();
    }
}
