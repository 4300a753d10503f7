using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace HpcRuntime.Commands;

/// <summary>A command failed on a slave: it threw, or its result could not travel.</summary>
public sealed class SlaveCommandException : CommandException
{
    /// <summary>Made by the master from what the slave told.</summary>
    public SlaveCommandException(ICommandInfo command, string slaveName, string host, int processId, IReadOnlyList<RemoteError> chain, string errorTail)
        : base(Describe(command, slaveName, chain, errorTail), command, null)
    {
        SlaveName = slaveName;
        Host = host;
        ProcessId = processId;
        Chain = chain;
        ErrorTail = errorTail;
        Rank = command.Rank;
        Attempt = command.Attempts;
    }

    /// <summary>The slave's rank.</summary>
    public int Rank { get; }

    /// <summary>The attempt that failed, counted from 1.</summary>
    public int Attempt { get; }

    /// <summary>Host, process and thread of the slave.</summary>
    public string SlaveName { get; }

    /// <summary>The slave's host.</summary>
    public string Host { get; }

    /// <summary>The slave's process id.</summary>
    public int ProcessId { get; }

    /// <summary>The exception that the command threw, then its inner exceptions.</summary>
    public IReadOnlyList<RemoteError> Chain { get; }

    /// <summary>Full name of the type that was thrown on the slave.</summary>
    public string RemoteType => Chain[0].Type;

    /// <summary>The message of what was thrown on the slave.</summary>
    public string RemoteMessage => Chain[0].Message;

    /// <summary>The stack of what was thrown on the slave.</summary>
    public string RemoteStack => Chain[0].Stack;

    /// <summary>The last 4 kB that the command wrote to standard error.</summary>
    public string ErrorTail { get; }

    private static string Describe(ICommandInfo command, string slaveName, IReadOnlyList<RemoteError> chain, string errorTail)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Command {command.Id} ({command.Label}) failed on rank {command.Rank} ({slaveName}), attempt {command.Attempts}: {chain[0].Type}: {chain[0].Message}");
        for (var i = 0; i < chain.Count; i++)
        {
            if (i > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n ---> {chain[i].Type}: {chain[i].Message}");
            }

            if (chain[i].Stack.Length > 0)
            {
                text.Append('\n').Append(chain[i].Stack);
            }
        }

        if (errorTail.Length > 0)
        {
            text.Append("\n--- its last output on stderr ---\n").Append(errorTail.TrimEnd());
        }

        return text.ToString();
    }
}
