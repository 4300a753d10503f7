using System;
using System.Globalization;
using System.Text;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>An external program did not end well. Exit code 1.</summary>
public sealed class ExternalCommandException : CommandException
{
    private const int TailBytes = 4096;

    internal ExternalCommandException(ICommandInfo command, ExternalResult result) : base(Describe(command, result), command, null) => Result = result;

    /// <summary>All that is known of the program: exit code, both streams, times, host.</summary>
    public ExternalResult Result { get; }

    /// <summary>The program's exit code.</summary>
    public int ExitCode => Result.ExitCode;

    private static string Describe(ICommandInfo command, ExternalResult result)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"Command {command.Id} ({command.Label}) failed on rank {command.Rank} ({result.Host}), attempt {command.Attempts}: {result}");
        var tail = Encoding.UTF8.GetString(result.Error.AsSpan(Math.Max(0, result.Error.Length - TailBytes))).TrimEnd();
        return tail.Length == 0 ? text : text + "\n--- its last output on stderr ---\n" + tail;
    }
}

/// <summary>What a slave knows of the command it runs.</summary>
internal sealed class CommandOnSlave(ISlaveContext slave) : ICommandInfo
{
    public long Id => 0;

    public string Label => slave.Label ?? nameof(ExternalCommand);

    public int Rank => slave.Rank;

    public int Attempts => slave.Attempt;

    public CommandStatus Status => CommandStatus.Sent;

    public TimeSpan Duration => TimeSpan.Zero;

    public CommandOutput Output => CommandOutput.Empty;
}
