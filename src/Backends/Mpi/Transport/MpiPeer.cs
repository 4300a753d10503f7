using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What a rank does, as the master sees it.</summary>
internal enum PeerState
{
    /// <summary>It waits for a processor.</summary>
    Free,

    /// <summary>It serves one, or is still in a command of one that was closed.</summary>
    Busy,

    /// <summary>It is gone, and its loss was reported.</summary>
    Lost,

    /// <summary>It left in order.</summary>
    Left,
}

/// <summary>Another rank of the world, as this one sees it.</summary>
internal sealed class MpiPeer(int rank, HostCard card, int local)
{
    private volatile bool _died;

    internal int Rank { get; } = rank;

    internal HostCard Card { get; } = card;

    /// <summary>Which it is, for messages.</summary>
    internal string Described => $"rank {Rank} on {Card.Name} (process {Card.ProcessId})";

    /// <summary>Its number on this rank's host; -1 when it is on another one, or cannot be seen.</summary>
    internal int Local { get; } = local;

    /// <summary>Its host, by the lowest rank there; ranks that cannot share memory count as hosts of their own. On the master.</summary>
    internal int Host { get; init; }

    /// <summary>Whether this rank's host is its host, and their board is shared.</summary>
    internal bool IsLocal => Local >= 0;

    /// <summary>Carry frames to and from it; null where the library does.</summary>
    internal FrameRings? Rings { get; init; }

    /// <summary>The word on which it sleeps; where it is local.</summary>
    internal ParkWord Word { get; init; }

    /// <summary>Its process, where it is local and could be watched.</summary>
    internal ChildProcess? Process { get; init; }

    /// <summary>Pieces in which its blocks travel, both ways. Across hosts they are smaller, so that signs of life come through between them.</summary>
    internal int PieceBytes => IsLocal ? 64 << 20 : 8 << 20;

    /// <summary>When anything came from it, in Stopwatch ticks. Driving thread.</summary>
    internal long HeardAt { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>When it was last rung, in Stopwatch ticks.</summary>
    internal long RungAt { get; set; }

    /// <summary>When a ring of its last came, in Stopwatch ticks; 0 for never.</summary>
    internal long BellHeardAt { get; set; }

    /// <summary>When a ring of its last said that the application has the library there, in Stopwatch ticks; 0 for never.</summary>
    internal long LentAt { get; set; }

    /// <summary>Whence; 0 while none came.</summary>
    internal uint BellAddress { get; set; }

    /// <summary>Counts what goes to it beside frames. Under the gate.</summary>
    internal int NextStream { get; set; }

    /// <summary>Whether something that it sent is missing or cannot be read: what came behind that is not taken. The poller's.</summary>
    internal bool IsCut { get; set; }

    /// <summary>Its process has ended, or it is to be taken for dead. From any thread.</summary>
    internal bool HasDied
    {
        get => _died;
        set => _died = value;
    }

    // The master's, under the world's lock.
    internal PeerState State { get; set; }

    internal int Ticket { get; set; }

    /// <summary>Messages that came from it under this ticket.</summary>
    internal long Messages { get; set; }

    /// <summary>Whom it serves; null when that processor was closed.</summary>
    internal MpiMasterCommunicator? Owner { get; set; }

    internal int Seat { get; set; }

    internal int Incarnation { get; set; }

    /// <summary>Why it was given up before its process ended; null when it was not.</summary>
    internal string? KilledBecause { get; set; }

    /// <summary>Whether it was given up because it showed no life: it stands still, or its host or network is gone.</summary>
    internal bool FellSilent { get; set; }

    /// <summary>When it is ended unless it has become free, in Stopwatch ticks; 0 for never.</summary>
    internal long EndBy { get; set; }

    // The keeper's.
    internal bool WasToldToEnd { get; set; }

    internal long LastBeat { get; set; }

    internal long AliveAt { get; set; }

    internal long ProcessorTime { get; set; } = -1;

    /// <summary>Opens of its page and files, where it is a slave on this host.</summary>
    internal SlavePage? Page { get; init; }

    internal MemoryFile? OutFile { get; init; }

    internal MemoryFile? ErrorFile { get; init; }
}
