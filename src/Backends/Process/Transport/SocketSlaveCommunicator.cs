using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Process;

/// <summary>A slave's communicator over a socket. A send returns when the system has the message, so that it goes home even if the slave dies then;
/// while the socket is full it receives, so that two ranks never wait for each other to receive.</summary>
internal sealed class SocketSlaveCommunicator : Communicator
{
    private const int LinkKey = 0;

    private readonly Stack<SocketMessage> _pool = new();
    private readonly Queue<SocketMessage> _received = new();
    private readonly EventPoll _poll = new();
    private readonly SocketLink _link;
    private readonly bool _spins;
    private int _woken;

    internal SocketSlaveCommunicator(int rank, int size, int descriptor, int cores)
    {
        Rank = rank;
        Size = size;
        _spins = size <= cores;
        _link = new SocketLink(descriptor, _pool);
        _poll.Watch(descriptor, LinkKey);
    }

    public override int Rank { get; }

    public override int Size { get; }

    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        if (destination != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(destination), destination, "A slave sends to the master.");
        }

        _link.SendWhole(head, blocks, _received);
    }

    public override Arrival Wait(TimeSpan timeout)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Stopwatch.GetTimestamp() + (long)(timeout.TotalSeconds * Stopwatch.Frequency);
        if (Look() is { } early)
        {
            return early;
        }

        Span<int> keys = stackalloc int[2];
        var spinEnd = _spins && timeout != TimeSpan.Zero ? Stopwatch.GetTimestamp() + SocketMasterCommunicator.SpinTicks : 0;
        while (true)
        {
            var now = Stopwatch.GetTimestamp();
            if (now >= deadline)
            {
                return new Arrival(ArrivalKind.Deadline);
            }

            _poll.Wait(keys, now < spinEnd ? 0 : SocketMasterCommunicator.Milliseconds(deadline - now, deadline));
            if (Look() is { } arrival)
            {
                return arrival;
            }
        }
    }

    public override void Wake()
    {
        Volatile.Write(ref _woken, 1);
        _poll.Ring();
    }

    public override void Dispose()
    {
        _link.Dispose();
        _poll.Dispose();
    }

    private Arrival? Look()
    {
        if (_received.TryDequeue(out var early))
        {
            return new Arrival(ArrivalKind.Message, 0, 1, early);
        }

        if (_link.TryReceive() is { } message)
        {
            return new Arrival(ArrivalKind.Message, 0, 1, message);
        }

        if (_link.IsClosed)
        {
            return new Arrival(ArrivalKind.RankLost, 0, 1, null, new RankLoss(_link.Corruption ?? "the master is gone"));
        }

        return Interlocked.Exchange(ref _woken, 0) == 1 ? new Arrival(ArrivalKind.Woken) : null;
    }
}
