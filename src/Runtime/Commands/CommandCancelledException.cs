using System;
using System.Globalization;

namespace HpcRuntime.Commands;

/// <summary>A command was cancelled before it ended.</summary>
public sealed class CommandCancelledException : OperationCanceledException
{
    /// <summary>Made by the master.</summary>
    public CommandCancelledException(ICommandInfo command, string reason)
        : base(string.Create(CultureInfo.InvariantCulture, $"Command {command.Id} ({command.Label}) was cancelled: {reason}")) => Command = command;

    /// <summary>The command, with its output so far.</summary>
    public ICommandInfo Command { get; }
}

/// <summary>A command took longer than it may. Exit code 1.</summary>
public sealed class CommandTimeoutException : CommandException
{
    /// <summary>Made by the master.</summary>
    public CommandTimeoutException(ICommandInfo command, TimeSpan timeout, string detail, LastOutput lastOutput)
        : base(string.Create(CultureInfo.InvariantCulture, $"Command {command.Id} ({command.Label}) on rank {command.Rank} took longer than its timeout of {timeout.TotalSeconds:0.###} s, attempt {command.Attempts}: {detail}{lastOutput.Describe("of the command")}"), command, null)
    {
        Timeout = timeout;
        LastOutput = lastOutput;
    }

    /// <summary>The time it was given.</summary>
    public TimeSpan Timeout { get; }

    /// <summary>What the command printed last.</summary>
    public LastOutput LastOutput { get; }
}
