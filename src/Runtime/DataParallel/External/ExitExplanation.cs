using System;
using System.Globalization;

namespace HpcRuntime.DataParallel;

/// <summary>Exit codes in words. A signal n is told as 128 + n, as shells do; .NET does not tell it apart from a program that ends with that code.</summary>
internal static class ExitExplanation
{
    internal const int NotExecutable = 126;
    internal const int NotFound = 127;
    private const int SignalBase = 128;

    // Linux on x86 and ARM; the numbers up to 15 are POSIX's but for 7, 10 and 12.
    private static readonly string[] Signals =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The signal in an exit code; 0 for none.</summary>
    internal static int SignalOf(int exitCode) => exitCode > SignalBase && exitCode < SignalBase + Signals.Length ? exitCode - SignalBase : 0;

    internal static string Describe(int exitCode) => exitCode switch
    {
        NotExecutable => "exit code 126: what it was to execute is no program, or may not be executed",
        NotFound => "exit code 127: a command it was to execute was not found",
        _ when SignalOf(exitCode) is > 0 and var signal => string.Create(CultureInfo.InvariantCulture, $"killed by {Signals[signal]} (exit code {exitCode})"),
        _ => string.Create(CultureInfo.InvariantCulture, $"exit code {exitCode}"),
    };

    internal static string DescribeNotFound(string program, string? path) => program.Contains('/', StringComparison.Ordinal)
        ? $"exit code 127: there is no file {program}"
        : $"exit code 127: no program '{program}' was found in PATH ({(string.IsNullOrEmpty(path) ? "which is empty" : path)})";

    internal static string DescribeNotExecutable(string file, string reason) => $"exit code 126: {file} cannot be executed: {reason}";
}
