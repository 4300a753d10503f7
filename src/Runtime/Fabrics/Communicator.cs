using System;
using System.Threading;
using HpcRuntime.Wire;

namespace HpcRuntime.Fabrics;

/// <summary>Moves messages between ranks. One thread at a time drives it (the holder of the baton); only <see cref="Wake"/> may be called from any thread.
/// Messages from one rank to another arrive in the order they were sent, whole, once, or not at all.</summary>
[CannotTravel("it is one rank's own")]
public abstract class Communicator : IDisposable
{
    /// <summary>This rank: 0 is the master.</summary>
    public abstract int Rank { get; }

    /// <summary>The highest seat plus one, the master included. A seat may be vacant.</summary>
    public abstract int Size { get; }

    /// <summary>Sends one message. Never blocks on the receiver. The head is copied or gone when the call returns. A block is too,
    /// unless it is <see cref="WireBlockOwnership.Lent"/>, <see cref="WireBlockOwnership.Shared"/> or <see cref="WireBlockOwnership.Published"/>, which stays unchanged until the receiver has it.
    /// A message to a vacant or lost seat is dropped.</summary>
    public abstract void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks);

    /// <summary>The next arrival. Waits for at most <paramref name="timeout"/>: zero only looks, <see cref="Timeout.InfiniteTimeSpan"/> waits for ever.
    /// A waiting rank spins briefly, then leaves its core to others.</summary>
    public abstract Arrival Wait(TimeSpan timeout);

    /// <summary>Ends the present or the next <see cref="Wait"/> with <see cref="ArrivalKind.Woken"/>. From any thread.</summary>
    public abstract void Wake();

    /// <summary>Whether what was sent, or is coming, moves only while this rank looks: then it looks often, also during a long command.</summary>
    internal virtual bool MovesOnlyWhenLookedAt => false;

    /// <summary>Whether nobody need wait here while no answer is due: what comes unasked, such as a slave that joins or is lost, may be found at the next look.</summary>
    internal virtual bool MayRest => false;

    /// <summary>Told, on any thread, when something is to be found that may come while nobody looks, such as a slave's loss.</summary>
    internal virtual Action? Alarm { get; set; }

    /// <summary>Nobody will look for some milliseconds: this rank counts as asleep, and gives memory back that it has not used for a while. Driving thread.</summary>
    internal virtual void Rest()
    {
    }

    /// <summary>Leaves the fabric.</summary>
    public abstract void Dispose();
}
