using System;
using HpcRuntime.Wire;

namespace HpcRuntime.Commands;

/// <summary>What a result command or memo sees of the master. Used on the thread that runs it.</summary>
[CannotTravel("the master stays where it is; give a command the data it needs instead")]
public interface IMaster
{
    /// <summary>The command whose result is being applied.</summary>
    ICommandInfo Command { get; }

    /// <summary>The master's own data.</summary>
    IDataStore Data { get; }

    /// <summary>Queues a further command into the run under way.</summary>
    void AddToQueue(SlaveCommand command, Memo? memo = null, CommandOptions? options = null);
}

/// <summary>What is known of a command on the master.</summary>
public interface ICommandInfo
{
    /// <summary>Its number in this processor, counted from 1.</summary>
    long Id { get; }

    /// <summary>Its label; the name of its type without one.</summary>
    string Label { get; }

    /// <summary>The slave that ran it last; 0 before any did.</summary>
    int Rank { get; }

    /// <summary>Executions begun so far.</summary>
    int Attempts { get; }

    /// <summary>How it stands.</summary>
    CommandStatus Status { get; }

    /// <summary>How long the slave worked on it in its last attempt; zero before it ended.</summary>
    TimeSpan Duration { get; }

    /// <summary>What it printed.</summary>
    CommandOutput Output { get; }
}

/// <summary>How a command stands. The last five are the outcomes: there is no other.</summary>
public enum CommandStatus
{
    /// <summary>Waiting on the master.</summary>
    Queued,

    /// <summary>Handed to a slave, which may already run it.</summary>
    Sent,

    /// <summary>Ended well.</summary>
    Done,

    /// <summary>It threw, or something of it could not travel.</summary>
    Failed,

    /// <summary>Its slave was lost, as often as attempts are allowed.</summary>
    Lost,

    /// <summary>Cancelled, before it ran or while it did.</summary>
    Cancelled,

    /// <summary>Its time was up.</summary>
    TimedOut,
}

/// <summary>How one command is to be run. Null members take the processor's defaults.</summary>
public sealed record CommandOptions
{
    /// <summary>Higher goes first; FIFO within a priority. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>The most time one attempt may take; null for the processor's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>A name for messages and logs; the type's name without one.</summary>
    public string? Label { get; init; }

    /// <summary>Executions allowed when slaves are lost; null for the processor's default.</summary>
    public int? MaxAttempts { get; init; }
}
