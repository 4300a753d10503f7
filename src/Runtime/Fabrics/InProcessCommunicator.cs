using System;
using System.Threading;
using HpcRuntime.Wire;

namespace HpcRuntime.Fabrics;

/// <summary>Ranks that live in one process and the mailboxes between them: the common ground of the fabrics that need no other process.</summary>
public sealed class InProcessWorld
{
    private readonly object _gate = new();
    private InProcessCommunicator?[] _seats = [];

    /// <summary>A world whose messages copy arrays (<paramref name="isolated"/>) or pass them by reference.</summary>
    public InProcessWorld(bool isolated = true) => Isolated = isolated;

    /// <summary>Whether a receiver gets arrays of its own.</summary>
    public bool Isolated { get; }

    /// <summary>The highest seat plus one.</summary>
    public int Size => Volatile.Read(ref _seats).Length;

    /// <summary>Opens the communicator of a seat; the former holder's is cut off: what it sends or is sent is dropped.</summary>
    public InProcessCommunicator Open(int rank)
    {
        lock (_gate)
        {
            var old = _seats;
            var seats = new InProcessCommunicator?[Math.Max(old.Length, rank + 1)];
            old.CopyTo(seats, 0);
            var former = seats[rank];
            former?.CutOff();
            var opened = new InProcessCommunicator(this, rank, (former?.Incarnation ?? 0) + 1);
            seats[rank] = opened;
            Volatile.Write(ref _seats, seats);
            return opened;
        }
    }

    /// <summary>Tells <paramref name="rank"/> that something happened to another rank. From any thread.</summary>
    public void Announce(int rank, in Arrival arrival)
    {
        if (Seat(rank) is { } told)
        {
            told.Mailbox.Put(arrival);
            told.Alarm?.Invoke();
        }
    }

    internal InProcessCommunicator? Seat(int rank)
    {
        var seats = Volatile.Read(ref _seats);
        return (uint)rank < (uint)seats.Length ? seats[rank] : null;
    }
}

/// <summary>The communicator of one rank in an <see cref="InProcessWorld"/>.</summary>
public sealed class InProcessCommunicator : Communicator
{
    private readonly InProcessWorld _world;
    private readonly InProcessMessagePool _pool = new();
    private volatile bool _cutOff;

    internal InProcessCommunicator(InProcessWorld world, int rank, int incarnation)
    {
        _world = world;
        Rank = rank;
        Incarnation = incarnation;
    }

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <summary>Which holder of the seat this is, counted from 1.</summary>
    public int Incarnation { get; }

    /// <inheritdoc/>
    public override int Size => _world.Size;

    /// <summary>True once another holder has taken the seat, or this one has left.</summary>
    public bool IsCutOff => _cutOff;

    internal Mailbox Mailbox { get; } = new();

    /// <inheritdoc/>
    public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        var receiver = _world.Seat(destination);
        if (_cutOff || receiver is null || receiver._cutOff)
        {
            return;
        }

        var message = _pool.Take();
        message.Fill(Rank, Incarnation, head, blocks, _world.Isolated);
        Mailbox.WokeAnother |= receiver.Mailbox.Put(new Arrival(ArrivalKind.Message, Rank, Incarnation, message));
    }

    /// <inheritdoc/>
    /// <remarks>Once cut off, a slave sees the loss of the master, which ends its loop.</remarks>
    public override Arrival Wait(TimeSpan timeout)
    {
        if (_cutOff)
        {
            return new Arrival(ArrivalKind.RankLost, 0, 1, null, new RankLoss("this rank's seat was given to another"));
        }

        return Mailbox.Take(timeout);
    }

    /// <inheritdoc/>
    public override void Wake() => Mailbox.Wake();

    /// <inheritdoc/>
    internal override bool MayRest => true;

    /// <inheritdoc/>
    internal override void Rest() => Mailbox.Rest();

    /// <inheritdoc/>
    public override void Dispose() => CutOff();

    internal void CutOff()
    {
        _cutOff = true;
        Mailbox.Drain();
        Mailbox.Wake();
    }
}
