using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>Where what an external program prints goes.</summary>
public enum ExternalOutput
{
    /// <summary>Into the <see cref="ExternalResult"/>: both streams apart, byte for byte, in memory.</summary>
    Captured,

    /// <summary>To the slave's own standard output and error. Where slaves are processes it is the command's output as any other, shown while it comes; where they are threads it goes
    /// straight to the master's own.</summary>
    Inherited,
}

/// <summary>Runs a program on a slave: an argument list, no shell unless asked for one (<see cref="Shell"/>). Its value is the <see cref="ExternalResult"/>; an exit code other
/// than 0, a program that cannot be started and one whose time is up are failures of the command: <see cref="ExternalCommandException"/>, with the whole result.</summary>
/// <remarks>Its standard input is <see cref="Input"/>, by default empty. When the command is cancelled or its time is up, the program and everything it has started is asked to
/// end (SIGTERM) and killed after <see cref="Grace"/>. When the program ends, the command does: children that it leaves behind are left alone, and what they print later is not waited for.</remarks>
/// <param name="program">The program: a path, or a name that is looked for in the PATH of the slave. A path that is not rooted starts from the working directory.</param>
/// <param name="arguments">What it is given, each as it is.</param>
public sealed class ExternalCommand(string program, params IEnumerable<string> arguments) : SlaveCommand<ExternalResult>
{
    /// <summary>The program.</summary>
    public string Program { get; } = string.IsNullOrEmpty(program) ? throw new ArgumentException("An external command needs the name of its program.", nameof(program)) : program;

    /// <summary>Its arguments, without its name.</summary>
    public IReadOnlyList<string> Arguments { get; } = (arguments ?? throw new ArgumentNullException(nameof(arguments))).ToArray();

    /// <summary>What it reads on standard input; null (the default) for nothing.</summary>
    public byte[]? Input { get; init; }

    /// <summary>Sets <see cref="Input"/> to a text in UTF-8.</summary>
    public string InputText
    {
        init => Input = Encoding.UTF8.GetBytes(value);
    }

    /// <summary>Variables set beside those of the slave; null takes one away.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>Where it runs; null (the default) for the slave's own directory.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The most time it may take; null (the default) for no limit but the command's (<see cref="CommandOptions.Timeout"/>). With this one, what it printed until then comes home.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long it may go on after SIGTERM before it is killed. Default 500 ms. At most half the processor's own grace is sensible: after that the slave is ended.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Whether an exit code other than 0 is a failure. Default true; with false every end is a value, also that of a program that could not be started or whose time was up.</summary>
    public bool CheckExitCode { get; init; } = true;

    /// <summary>Where what it prints goes. Default <see cref="ExternalOutput.Captured"/>.</summary>
    public ExternalOutput Output { get; init; }

    /// <summary>Bytes of each stream that are captured; a program that prints more is killed and fails. Default 256 MiB.</summary>
    public long MaxOutput { get; init; } = 256L << 20;

    /// <summary>A line for a shell, such as <c>ls *.dat | wc -l</c>.</summary>
    /// <param name="line">What the shell reads.</param>
    /// <param name="shell">The shell, called as <c>SHELL -c LINE</c>.</param>
    public static ExternalCommand Shell(string line, string shell = "/bin/sh")
    {
        ArgumentNullException.ThrowIfNull(line);
        return new(shell, "-c", line);
    }

    /// <summary>The program and its arguments as one would type them.</summary>
    public override string ToString() => string.Join(' ', Arguments.Prepend(Program).Select(ShellQuote.Quote));

    /// <summary>Runs the program on the calling thread; also for commands of one's own, with the context they have.</summary>
    /// <exception cref="ExternalCommandException">It did not end well.</exception>
    /// <exception cref="OperationCanceledException">The command was cancelled, or its time was up; the program is gone.</exception>
    public override ExternalResult Run(ISlaveContext slave)
    {
        ArgumentNullException.ThrowIfNull(slave);
        var result = Execute(slave);
        return CheckExitCode && !result.Succeeded ? throw new ExternalCommandException(new CommandOnSlave(slave), result) : result;
    }

    /// <summary>Failures travel as the values they are, and become exceptions on the master.</summary>
    internal override object? RunForValue(ISlaveContext slave)
    {
        var result = Execute(slave);
        return CheckExitCode && !result.Succeeded ? new ExternalFailure(result) : result;
    }

    private ExternalResult Execute(ISlaveContext slave) => new ProgramRun(this).Execute(slave.Cancellation);
}
