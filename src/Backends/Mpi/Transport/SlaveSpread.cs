using System.Collections.Generic;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A spread as a slave sees it: where the copy of its host is, and, for a leader, how far it has come and to whom it is passed on. The poller's.</summary>
internal sealed class SlaveSpread(long id)
{
    internal long Id { get; } = id;

    /// <summary>The host's copy; null while this slave does not know it.</summary>
    internal HostCopy? Copy { get; set; }

    /// <summary>Whether all of the copy is there.</summary>
    internal bool IsComplete { get; set; }

    /// <summary>The message that it belongs to has been taken, or is not wanted.</summary>
    internal bool IsTaken { get; set; }

    /// <summary>All ranks have it.</summary>
    internal bool IsDone { get; set; }

    /// <summary>Set for a leader.</summary>
    internal SpreadLayout? Layout { get; set; }

    /// <summary>The rank that it comes from.</summary>
    internal int Parent { get; set; }

    /// <summary>Ranks of this host that were not shown it yet.</summary>
    internal List<int> Locals { get; } = [];

    /// <summary>Whom it is passed on to.</summary>
    internal List<SpreadChild> Children { get; } = [];

    /// <summary>Those who asked for it before this rank knew of it.</summary>
    internal List<(MpiPeer From, ulong At)> Early { get; } = [];

    /// <summary>The stream under which it comes; 0 while it does not.</summary>
    internal int Stream { get; set; }

    /// <summary>What was asked of MPI and is not here yet, in order: the piece, and where it ends.</summary>
    internal Queue<(IncomingPiece Piece, ulong End)> Coming { get; } = new();

    /// <summary>Everything before this is here.</summary>
    internal ulong Received { get; set; }

    /// <summary>Everything before this is here or asked for.</summary>
    internal ulong Asked { get; set; }
}

/// <summary>A leader on another host that gets its copy from this rank.</summary>
internal sealed class SpreadChild(MpiPeer peer, int stream, ulong next)
{
    internal MpiPeer Peer { get; } = peer;

    internal int Stream { get; } = stream;

    /// <summary>Everything before this was sent.</summary>
    internal ulong Next { get; set; } = next;
}
