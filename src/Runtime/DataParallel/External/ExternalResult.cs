using System;
using System.Text;

namespace HpcRuntime.DataParallel;

/// <summary>How an external program ended, and what it printed.</summary>
public sealed class ExternalResult
{
    internal ExternalResult(string commandLine, DateTimeOffset startedAt)
    {
        CommandLine = commandLine;
        StartedAt = startedAt;
        Host = Environment.MachineName;
    }

    /// <summary>The program and its arguments as one would type them.</summary>
    public string CommandLine { get; }

    /// <summary>The machine it ran on.</summary>
    public string Host { get; }

    /// <summary>When it was started, by the clock of <see cref="Host"/>.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>Its process; 0 when it could not be started.</summary>
    public int ProcessId { get; internal set; }

    /// <summary>From its start to its end.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>As a shell tells it: the program's own, 126 for one that cannot be executed, 127 for one that is not there, 128 + n for one that signal n ended.</summary>
    public int ExitCode { get; internal set; }

    /// <summary>The signal that ended it, as far as the exit code tells: n for 128 + n; 0 for none.</summary>
    public int Signal => ExitExplanation.SignalOf(ExitCode);

    /// <summary>Whether its time was up and it was ended for that.</summary>
    public bool TimedOut { get; internal set; }

    /// <summary>Whether it ended by itself with the exit code 0.</summary>
    public bool Succeeded => ExitCode == 0 && Trouble is null;

    /// <summary>What it wrote to standard output, byte for byte; empty with <see cref="ExternalOutput.Inherited"/>.</summary>
    public byte[] Out { get; internal set; } = [];

    /// <summary>What it wrote to standard error, byte for byte; empty with <see cref="ExternalOutput.Inherited"/>.</summary>
    public byte[] Error { get; internal set; } = [];

    /// <summary>Standard output as UTF-8 text.</summary>
    public string OutText => Encoding.UTF8.GetString(Out);

    /// <summary>Standard error as UTF-8 text.</summary>
    public string ErrorText => Encoding.UTF8.GetString(Error);

    /// <summary>Why it could not be started or was ended, where that was not its own doing; null otherwise.</summary>
    internal string? Trouble { get; set; }

    /// <summary>How it ended, in words: such as <c>exit code 2</c>, <c>killed by SIGKILL (exit code 137)</c>, <c>took longer than 2 s</c>.</summary>
    public string Explain() => Trouble ?? ExitExplanation.Describe(ExitCode);

    /// <summary>How it ended.</summary>
    public override string ToString() => $"{CommandLine}: {Explain()}";
}
