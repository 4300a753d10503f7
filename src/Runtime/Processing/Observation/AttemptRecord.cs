using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <summary>One execution of a command that has ended, as the master saw it. Times are of <see cref="System.Diagnostics.Stopwatch"/>; those of the slave follow from how long its
/// commands took: each began as soon as the slave had it and had ended the one before. They are early by what messages need, never late.</summary>
/// <param name="Command">The command.</param>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Rank">The slave's rank.</param>
/// <param name="Outcome">How it ended; <see cref="CommandStatus.Queued"/> for one that is tried again.</param>
/// <param name="QueuedAt">When the command was queued.</param>
/// <param name="SentAt">When it was handed to the slave.</param>
/// <param name="StartedAt">When the slave began it.</param>
/// <param name="EndedAt">When the slave ended it.</param>
/// <param name="TakenAt">When the master had its result.</param>
internal readonly record struct AttemptRecord(ICommandInfo Command, int Attempt, int Rank, CommandStatus Outcome, long QueuedAt, long SentAt, long StartedAt, long EndedAt, long TakenAt);
