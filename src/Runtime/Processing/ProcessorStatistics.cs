using System;
using System.Collections.Generic;

namespace HpcRuntime.Processing;

/// <summary>What a processor has done so far; a snapshot.</summary>
/// <param name="Elapsed">Since the processor was opened.</param>
/// <param name="Queued">Commands ever queued or submitted.</param>
/// <param name="Done">Commands that ended well.</param>
/// <param name="Failed">Commands that failed, timed out or were lost.</param>
/// <param name="Cancelled">Commands that were cancelled.</param>
/// <param name="Retried">Executions that had to be repeated.</param>
/// <param name="SlavesLost">Slaves lost so far.</param>
/// <param name="QueueWait">Mean time from queue to first dispatch of the commands that ended.</param>
/// <param name="Slaves">Slave by slave, by rank.</param>
public sealed record ProcessorStatistics(
    TimeSpan Elapsed,
    long Queued,
    long Done,
    long Failed,
    long Cancelled,
    long Retried,
    int SlavesLost,
    TimeSpan QueueWait,
    IReadOnlyList<SlaveStatistics> Slaves)
{
    /// <summary>Commands in the hands of slaves: what runs, and what lies ready behind it.</summary>
    public long Running { get; init; }
}

/// <summary>What one seat has done so far, all its incarnations together.</summary>
/// <param name="Rank">The seat.</param>
/// <param name="Name">Host, process and thread of its present holder.</param>
/// <param name="Commands">Commands whose results came home from it.</param>
/// <param name="Busy">Time spent in commands.</param>
/// <param name="Idle">Time since it joined in which it waited for a command.</param>
/// <param name="BytesSent">Bytes from the master to it, blocks included.</param>
/// <param name="BytesReceived">Bytes from it to the master, blocks included.</param>
/// <param name="Messages">Messages in both directions.</param>
/// <param name="QueueWait">Mean time that its commands waited on the master.</param>
/// <param name="Alive">Whether the seat is held now.</param>
public sealed record SlaveStatistics(
    int Rank,
    string Name,
    long Commands,
    TimeSpan Busy,
    TimeSpan Idle,
    long BytesSent,
    long BytesReceived,
    long Messages,
    TimeSpan QueueWait,
    bool Alive)
{
    /// <summary>Executions that have ended here: those whose results came home, and those that the seat's holder took with it.</summary>
    public long Attempts { get; init; }

    /// <summary>Times that the seat was given to another holder, because the one before was lost or renewed.</summary>
    public int Restarts { get; init; }

    /// <summary>Commands in the slave's hands: the one that runs, and those that lie ready behind it.</summary>
    public int Running { get; init; }
}
