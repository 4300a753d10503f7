using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>The master's communicator over one socket to each slave. A send keeps what a socket does not take.</summary>
internal sealed class SocketMasterCommunicator(int cores) : Communicator
{
    /// <summary>How long a rank looks before it sleeps, when there is a core for every rank.</summary>
    internal static readonly long SpinTicks = Stopwatch.Frequency * 30 / 1_000_000;

    private readonly Stack<SocketMessage> _pool = new();
    private readonly EventPoll _poll = new();
    private readonly ConcurrentQueue<(Arrival Arrival, int Descriptor)> _announced = new();
    private readonly Dictionary<int, Seat> _seats = [];
    private readonly Queue<Seat> _readable = new();
    private int _woken;
    private int _sleeping;
    private int _size = 1;

    public override int Rank => 0;

    public override int Size => Volatile.Read(ref _size);

    internal override bool MayRest => _seats.Values.All(seat => !seat.IsWriting);

    /// <summary>A slave takes a seat; reported as <see cref="ArrivalKind.RankJoined"/>. From any thread.</summary>
    /// <param name="rank">The seat.</param>
    /// <param name="incarnation">Its holder.</param>
    /// <param name="descriptor">The master's end of its socket; taken over.</param>
    internal void Attach(int rank, int incarnation, int descriptor)
    {
        _announced.Enqueue((new Arrival(ArrivalKind.RankJoined, rank, incarnation), descriptor));
        Ring();
        Alarm?.Invoke();
    }

    /// <summary>Reports that a slave is gone, behind everything that it has sent. From any thread.</summary>
    internal void Announce(in Arrival arrival)
    {
        _announced.Enqueue((arrival, -1));
        Ring();
        Alarm?.Invoke();
    }

    /// <summary>Lets go of a seat's holder: what it still sends is dropped.</summary>
    internal void Detach(int rank)
    {
        if (_seats.Remove(rank, out var seat))
        {
            Close(seat);
        }
    }

    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        if (!_seats.TryGetValue(destination, out var seat))
        {
            return;
        }

        seat.Link.Send(head, blocks);
        WatchWriting(seat);
    }

    public override Arrival Wait(TimeSpan timeout)
    {
        if (Look() is { } early)
        {
            return early;
        }

        var now = Stopwatch.GetTimestamp();
        var deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : now + (long)(timeout.TotalSeconds * Stopwatch.Frequency);
        var spinEnd = timeout != TimeSpan.Zero && _seats.Count < cores ? now + SpinTicks : 0;
        while (true)
        {
            Poll(timeout == TimeSpan.Zero || now < spinEnd ? 0 : Milliseconds(deadline - now, deadline));
            if (Look() is { } arrival)
            {
                return arrival;
            }

            now = Stopwatch.GetTimestamp();
            if (now >= deadline)
            {
                return new Arrival(ArrivalKind.Deadline);
            }
        }
    }

    public override void Wake()
    {
        Volatile.Write(ref _woken, 1);
        Ring();
    }

    public override void Dispose()
    {
        foreach (var seat in _seats.Values)
        {
            Close(seat);
        }

        _seats.Clear();
        while (_announced.TryDequeue(out var announced))
        {
            if (announced.Descriptor >= 0)
            {
                Descriptors.Close(announced.Descriptor);
            }
        }

        _poll.Dispose();
    }

    /// <summary>A wait in whole milliseconds, rounded up; -1 without a deadline.</summary>
    internal static int Milliseconds(long ticks, long deadline) =>
        deadline == long.MaxValue ? -1 : (int)Math.Clamp(Math.Ceiling(1000.0 * ticks / Stopwatch.Frequency), 0, int.MaxValue);

    private void Ring()
    {
        // Either the sleeper sees what was put before this line, or this line sees that it sleeps.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _sleeping) == 1)
        {
            _poll.Ring();
        }
    }

    private Arrival? Look()
    {
        while (true)
        {
            while (_readable.TryPeek(out var seat))
            {
                if (seat.Link.TryReceive() is { } message)
                {
                    return new Arrival(ArrivalKind.Message, seat.Rank, seat.Incarnation, message);
                }

                _readable.Dequeue();
                seat.IsQueued = false;
                if (seat.Loss is { } loss)
                {
                    seat.Loss = null;
                    return loss;
                }

                if (seat.Link.IsClosed)
                {
                    Unwatch(seat);
                    if (seat.Link.Corruption is { } corruption)
                    {
                        return new Arrival(ArrivalKind.RankLost, seat.Rank, seat.Incarnation, null, new RankLoss(corruption));
                    }
                }
            }

            if (!_announced.TryDequeue(out var announced))
            {
                break;
            }

            if (Take(announced.Arrival, announced.Descriptor))
            {
                return announced.Arrival;
            }
        }

        return Volatile.Read(ref _woken) == 1 && Interlocked.Exchange(ref _woken, 0) == 1 ? new Arrival(ArrivalKind.Woken) : null;
    }

    /// <summary>False when the announcement waits behind messages, or concerns a holder that was let go.</summary>
    private bool Take(in Arrival arrival, int descriptor)
    {
        if (arrival.Kind == ArrivalKind.RankJoined)
        {
            Detach(arrival.Rank);
            var joined = new Seat(arrival.Rank, arrival.Incarnation, new SocketLink(descriptor, _pool));
            _seats.Add(arrival.Rank, joined);
            _poll.Watch(descriptor, arrival.Rank);
            Volatile.Write(ref _size, Math.Max(_size, arrival.Rank + 1));
            return true;
        }

        if (_seats.TryGetValue(arrival.Rank, out var seat) && seat.Incarnation == arrival.Incarnation)
        {
            seat.Loss = arrival;
            Enqueue(seat);
        }

        return false;
    }

    private void Poll(int milliseconds)
    {
        Span<int> keys = stackalloc int[64];
        if (milliseconds != 0)
        {
            Interlocked.Exchange(ref _sleeping, 1);
            if (!_announced.IsEmpty || Volatile.Read(ref _woken) == 1)
            {
                milliseconds = 0;
            }
        }

        var count = _poll.Wait(keys, milliseconds);
        Volatile.Write(ref _sleeping, 0);
        foreach (var key in keys[..count])
        {
            if (key != EventPoll.Rung && _seats.TryGetValue(key, out var seat))
            {
                if (seat.IsWriting)
                {
                    WatchWriting(seat, seat.Link.Flush());
                }

                Enqueue(seat);
            }
        }
    }

    private void Enqueue(Seat seat)
    {
        if (!seat.IsQueued)
        {
            seat.IsQueued = true;
            _readable.Enqueue(seat);
        }
    }

    private void WatchWriting(Seat seat, bool flushed = false)
    {
        var writing = !flushed && seat.Link.HasBacklog;
        if (writing != seat.IsWriting && seat.IsWatched)
        {
            seat.IsWriting = writing;
            _poll.WatchWriting(seat.Link.Descriptor, seat.Rank, writing);
        }
    }

    private void Unwatch(Seat seat)
    {
        if (seat.IsWatched)
        {
            seat.IsWatched = false;
            _poll.Forget(seat.Link.Descriptor);
        }
    }

    private void Close(Seat seat)
    {
        Unwatch(seat);
        seat.Loss = null;
        seat.Link.Dispose();
    }

    private sealed class Seat(int rank, int incarnation, SocketLink link)
    {
        internal int Rank { get; } = rank;

        internal int Incarnation { get; } = incarnation;

        internal SocketLink Link { get; } = link;

        internal Arrival? Loss { get; set; }

        internal bool IsQueued { get; set; }

        internal bool IsWatched { get; set; } = true;

        internal bool IsWriting { get; set; }
    }
}
