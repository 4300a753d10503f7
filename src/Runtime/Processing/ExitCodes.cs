using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Processing;

/// <summary>How a program ends, as its exit code tells.</summary>
public static class ExitCodes
{
    /// <summary>All went well.</summary>
    public const int Success = 0;

    /// <summary>A command failed or timed out, or the application threw.</summary>
    public const int Failed = 1;

    /// <summary>A bad option, argument or input.</summary>
    public const int Usage = 2;

    /// <summary>The fabric cannot run here.</summary>
    public const int FabricUnavailable = 3;

    /// <summary>Slaves were lost for good, or one was lost under <c>--strict</c>.</summary>
    public const int SlaveLost = 4;

    /// <summary>Every code with its meaning, for help.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> Table { get; } =
    [
        ("0", "all went well; otherwise whatever the application returns"),
        ("1", "a command failed or timed out, or the application threw"),
        ("2", "a bad option, argument or input"),
        ("3", "the fabric cannot run here"),
        ("4", "slaves were lost: attempts used up, no slave left, or any loss under --strict"),
        ("129, 130, 143", "ended by SIGHUP, SIGINT (Ctrl-C), SIGTERM"),
    ];

    /// <summary>The code of a program whose main let <paramref name="exception"/> through. Never 0.</summary>
    public static int For(Exception exception) => exception switch
    {
        UsageException or UnknownFabricException => Usage,
        FabricUnavailableException => FabricUnavailable,
        SlaveLostException => SlaveLost,
        AggregateException { InnerExceptions.Count: 1 } single => For(single.InnerExceptions[0]),
        AggregateException many when many.Flatten().InnerExceptions.Any(inner => inner is SlaveLostException) => SlaveLost,
        _ => Failed,
    };

    /// <summary>The code of a program that a signal ended: 128 and its number.</summary>
    public static int For(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 129,
        PosixSignal.SIGINT => 130,
        PosixSignal.SIGTERM => 143,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Only SIGHUP, SIGINT and SIGTERM end a program."),
    };
}
