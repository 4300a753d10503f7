using System;
using System.Globalization;

namespace HpcRuntime.Backends.Native;

/// <summary>Signals by number and name. The numbers are those of Linux on x64 and arm64.</summary>
internal static class Signals
{
    internal const int HangUp = 1;
    internal const int Interrupt = 2;
    internal const int Abort = 6;
    internal const int Kill = 9;
    internal const int Segment = 11;
    internal const int Terminate = 15;
    internal const int Continue = 18;
    internal const int Stop = 19;

    private static readonly string[] Names =
    [
        "0", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>Such as SIGKILL; a real-time signal as SIGRTMIN+n, counted from 34 as the C library does.</summary>
    internal static string NameOf(int signal) => signal switch
    {
        > 0 and < 32 => Names[signal],
        >= 34 and <= 64 => string.Create(CultureInfo.InvariantCulture, $"SIGRTMIN+{signal - 34}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {signal}"),
    };

    /// <summary>The number of a name such as SIGTERM; 0 when nothing is called so.</summary>
    internal static int NumberOf(string name) => Math.Max(0, Array.IndexOf(Names, name, 1));
}
