using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace HpcRuntime.Commands;

/// <summary>One attempt that ended with the loss of its slave.</summary>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Rank">The slave's rank.</param>
/// <param name="SlaveName">Host, process and thread of the slave.</param>
/// <param name="Reason">Exit code, signal or other reason, in words.</param>
public sealed record LostAttempt(int Attempt, int Rank, string SlaveName, string Reason);

/// <summary>Slaves were lost while they ran a command, as often as attempts are allowed; or no slave is left to run it. Exit code 4.</summary>
public sealed class SlaveLostException : CommandException
{
    /// <summary>Made by the master.</summary>
    public SlaveLostException(ICommandInfo command, string summary, IReadOnlyList<LostAttempt> attempts, string lastOutput)
        : base(Describe(command, summary, attempts, lastOutput), command, null)
    {
        Attempts = attempts;
        LastOutput = lastOutput;
    }

    /// <summary>Every attempt, in order.</summary>
    public IReadOnlyList<LostAttempt> Attempts { get; }

    /// <summary>The last output of the last attempt.</summary>
    public string LastOutput { get; }

    private static string Describe(ICommandInfo command, string summary, IReadOnlyList<LostAttempt> attempts, string lastOutput)
    {
        var lines = attempts.Select(a => string.Create(CultureInfo.InvariantCulture, $"\n  attempt {a.Attempt} on rank {a.Rank} ({a.SlaveName}): {a.Reason}"));
        var tail = lastOutput.Length > 0 ? "\n--- its last output ---\n" + lastOutput.TrimEnd() : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"Command {command.Id} ({command.Label}): {summary}{string.Concat(lines)}{tail}");
    }
}
