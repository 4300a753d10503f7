using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>A slave's communicator over the segments that it inherited. Opening it tells the master that the slave is up.</summary>
internal sealed class ShmSlaveCommunicator : ShmCommunicator
{
    private readonly ShmMessagePool _pool = new();
    private readonly ConcurrentQueue<Arrival> _announced = new();
    private readonly Link _link;
    private long _largeSentAt;
    private string? _broken;

    /// <param name="master">The run's segment; stays the caller's, who disposes it after this communicator.</param>
    /// <param name="segment">This slave's segment; retained until this communicator is disposed.</param>
    /// <param name="size">The highest seat plus one, as the master knew it when it started this slave.</param>
    internal ShmSlaveCommunicator(MasterSegment master, SlaveSegment segment, int size) : base(master, segment.SlaveParked)
    {
        Rank = segment.Rank;
        Size = Math.Max(size, Rank + 1);
        _link = new Link(master, segment, fromMaster: false);
        segment.IsReady = true;
        master.MasterParked.Ring();
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Size { get; }

    /// <summary>Whether messages wait for room in the ring: they would not survive this slave.</summary>
    internal bool HasBacklog => !IsDisposed && _link.HasBacklog;

    private protected override long? TrimmableSince => _link.BulkBytes > 0 ? _largeSentAt : null;

    /// <inheritdoc/>
    /// <remarks>Slaves talk to the master only: a message to another slave is dropped.</remarks>
    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        if (destination != 0 || IsDisposed)
        {
            return;
        }

        if (_link.Send(head, blocks))
        {
            _largeSentAt = Stopwatch.GetTimestamp();
        }

        WokeAnother |= _link.TakeWoken();
    }

    /// <summary>Has this rank see an arrival, such as the loss of the master, after the messages that are there already. From any thread.</summary>
    internal void Announce(in Arrival arrival)
    {
        _announced.Enqueue(arrival);
        RingSelf();
    }

    private protected override bool TryTake(out Arrival arrival)
    {
        if (_broken is null)
        {
            if (_link.HasBacklog)
            {
                _link.PushBacklog();
            }

            try
            {
                if (_link.TryReceive(_pool) is { } message)
                {
                    arrival = new Arrival(ArrivalKind.Message, 0, 1, message);
                    return true;
                }
            }
            catch (CorruptFrameException exception)
            {
                _broken = exception.Message;
                arrival = new Arrival(ArrivalKind.RankLost, 0, 1, null, new RankLoss($"the master sent a {exception.Message}"));
                return true;
            }
        }

        if (!_announced.IsEmpty && _announced.TryDequeue(out arrival))
        {
            return true;
        }

        arrival = new Arrival(ArrivalKind.Deadline);
        return false;
    }

    private protected override Arrival AfterLeaving() => new(ArrivalKind.RankLost, 0, 1, null, new RankLoss("this slave has left"));

    private protected override void Trim()
    {
        if (!_link.Trim())
        {
            _largeSentAt = Stopwatch.GetTimestamp();
        }
    }

    private protected override void Leave() => _link.Dispose();
}
