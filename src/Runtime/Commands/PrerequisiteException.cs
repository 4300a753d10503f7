using System;
using System.Globalization;

namespace HpcRuntime.Commands;

/// <summary>A command was not run because one that it comes after did not end as asked. Exit code 1.</summary>
public sealed class PrerequisiteException : CommandException
{
    /// <summary>Made by the master.</summary>
    /// <param name="command">The command that was not run.</param>
    /// <param name="prerequisite">The command that it comes after.</param>
    /// <param name="error">Why that one did not end well; null where it did, and should not have.</param>
    public PrerequisiteException(ICommandInfo command, ICommandInfo prerequisite, Exception? error)
        : base(string.Create(CultureInfo.InvariantCulture, $"Command {command.Id} ({command.Label}) was not run: command {prerequisite.Id} ({prerequisite.Label}), which it comes after, {HowItEnded(prerequisite)}{Because(error)}"), command, error)
        => Prerequisite = prerequisite;

    /// <summary>The command that it comes after, with its output.</summary>
    public ICommandInfo Prerequisite { get; }

    private static string HowItEnded(ICommandInfo prerequisite) => prerequisite.Status switch
    {
        CommandStatus.Done => "ended well",
        CommandStatus.Lost => "was lost",
        CommandStatus.Cancelled => "was cancelled",
        CommandStatus.TimedOut => "timed out",
        _ => "failed",
    };

    /// <summary>The first line is enough: the whole is the inner exception.</summary>
    private static string Because(Exception? error) => error is null ? "." : ": " + error.Message.Split('\n', 2)[0];
}
