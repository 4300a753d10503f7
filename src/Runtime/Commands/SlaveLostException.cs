using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace HpcRuntime.Commands;

/// <summary>One attempt that ended with the loss of its slave.</summary>
/// <param name="Attempt">Counted from 1.</param>
/// <param name="Rank">The slave's rank.</param>
/// <param name="SlaveName">Host, process and thread of the slave.</param>
/// <param name="Reason">Exit code, signal or other reason, in words.</param>
public sealed record LostAttempt(int Attempt, int Rank, string SlaveName, string Reason)
{
    /// <summary>What the command printed last in this attempt.</summary>
    public LastOutput LastOutput { get; init; } = LastOutput.None;
}

/// <summary>Slaves were lost while they ran a command, as often as attempts are allowed; or no slave is left to run it. Exit code 4.</summary>
public sealed class SlaveLostException : CommandException
{
    /// <summary>Made by the master.</summary>
    /// <param name="command">The command.</param>
    /// <param name="summary">What became of it, in words.</param>
    /// <param name="attempts">Every attempt, in order; none when it never ran.</param>
    /// <param name="slaveOutput">What the last slave that was lost had printed, for a command that never ran; null for nothing.</param>
    public SlaveLostException(ICommandInfo command, string summary, IReadOnlyList<LostAttempt> attempts, LastOutput? slaveOutput = null)
        : base(Describe(command, summary, attempts, slaveOutput), command, null)
    {
        Attempts = attempts;
        LastOutput = Telling(attempts)?.LastOutput ?? slaveOutput ?? LastOutput.None;
    }

    /// <summary>Every attempt, in order, each with its own last output.</summary>
    public IReadOnlyList<LostAttempt> Attempts { get; }

    /// <summary>The last output of the last attempt that printed anything; of the last slave lost for a command that never ran.</summary>
    public LastOutput LastOutput { get; }

    private static string Describe(ICommandInfo command, string summary, IReadOnlyList<LostAttempt> attempts, LastOutput? slaveOutput)
    {
        var lines = attempts.Select(a => string.Create(CultureInfo.InvariantCulture, $"\n  attempt {a.Attempt} on rank {a.Rank} ({a.SlaveName}): {a.Reason}"));
        var tail = Telling(attempts) is { } telling
            ? telling.LastOutput.Describe(string.Create(CultureInfo.InvariantCulture, $"of attempt {telling.Attempt}"))
            : slaveOutput?.Describe("of that slave");
        return string.Create(CultureInfo.InvariantCulture, $"Command {command.Id} ({command.Label}): {summary}{string.Concat(lines)}{tail}");
    }

    private static LostAttempt? Telling(IReadOnlyList<LostAttempt> attempts) => attempts.LastOrDefault(attempt => !attempt.LastOutput.IsEmpty);
}
