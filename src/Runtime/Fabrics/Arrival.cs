using System;

namespace HpcRuntime.Fabrics;

/// <summary>What ended a wait on a <see cref="Communicator"/>.</summary>
public enum ArrivalKind
{
    /// <summary>The deadline passed and nothing arrived.</summary>
    Deadline,

    /// <summary>Another thread called <see cref="Communicator.Wake"/>.</summary>
    Woken,

    /// <summary>A message from <see cref="Arrival.Rank"/>.</summary>
    Message,

    /// <summary>The rank is gone: no further message of this incarnation will arrive.</summary>
    RankLost,

    /// <summary>The rank came up, or came back with a new incarnation.</summary>
    RankJoined,
}

/// <summary>One arrival at a rank.</summary>
/// <param name="Kind">What arrived.</param>
/// <param name="Rank">The rank it concerns; -1 for <see cref="ArrivalKind.Deadline"/> and <see cref="ArrivalKind.Woken"/>.</param>
/// <param name="Incarnation">Which holder of that seat, counted from 1. Messages of an old incarnation are dropped by the receiver.</param>
/// <param name="Message">The message, for <see cref="ArrivalKind.Message"/>; the receiver disposes it.</param>
/// <param name="Loss">Why the rank is gone, for <see cref="ArrivalKind.RankLost"/>.</param>
public readonly record struct Arrival(ArrivalKind Kind, int Rank = -1, int Incarnation = 0, Message? Message = null, RankLoss? Loss = null);

/// <summary>Why a rank is gone, as far as the fabric can tell.</summary>
/// <param name="Description">One line for people, such as "killed by SIGKILL" or "did not answer for 10 s".</param>
/// <param name="ExitCode">The exit code, where there was one.</param>
/// <param name="Signal">The name of the signal, where one ended it.</param>
public sealed record RankLoss(string Description, int? ExitCode = null, string? Signal = null)
{
    /// <summary>The command it was running: 0 for none, null where the fabric cannot tell, and then the first of those it held.</summary>
    public long? RunningCommand { get; init; }

    /// <summary>Whether that command is at fault, for it used more than it may: it fails with <see cref="Description"/> and is not tried again.</summary>
    public bool CommandFailed { get; init; }

    /// <summary>Whether the end came from outside and is not that command's doing, as far as can be told: somebody killed the rank, or its host or network is gone.
    /// Where slaves cannot be replaced, such a command may be tried once more on the last slave that is left.</summary>
    public bool FromOutside { get; init; }

    /// <summary>What that command, or the slave, had written to standard output and not yet sent.</summary>
    public ReadOnlyMemory<byte> Out { get; init; }

    /// <summary>What that command, or the slave, had written to standard error and not yet sent.</summary>
    public ReadOnlyMemory<byte> Error { get; init; }
}
