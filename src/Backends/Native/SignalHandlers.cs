using System;
using System.Collections.Generic;

namespace HpcRuntime.Backends.Native;

/// <summary>How this process handles signals, put down at one moment so that it can be put back: some libraries take the signals by which the runtime notices
/// a null reference or a division by zero, and then a caught exception ends the process.</summary>
internal sealed unsafe class SignalHandlers
{
    private const int ActionBytes = 256; // struct sigaction is 152 bytes in glibc and musl.
    private const int HandlerBytes = 8;  // The handler comes first in it.

    /// <summary>Those that the runtime, or a program through it, uses: SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGPIPE, SIGTERM, SIGCHLD, SIGCONT.</summary>
    private static readonly int[] Kept = [1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 15, 17, 18];

    private readonly Dictionary<int, byte[]> _actions = [];

    private SignalHandlers()
    {
    }

    /// <summary>The handlers as they are.</summary>
    internal static SignalHandlers Now()
    {
        var handlers = new SignalHandlers();
        foreach (var signal in Kept)
        {
            handlers._actions.Add(signal, Read(signal));
        }

        return handlers;
    }

    /// <summary>Puts back those that are others now; their numbers.</summary>
    internal IReadOnlyList<int> Restore()
    {
        var restored = new List<int>();
        foreach (var (signal, former) in _actions)
        {
            if (Read(signal).AsSpan(0, HandlerBytes).SequenceEqual(former.AsSpan(0, HandlerBytes)))
            {
                continue;
            }

            fixed (byte* action = former)
            {
                if (Libc.SignalAction(signal, action, null) != 0)
                {
                    throw NativeException.Last("sigaction", Signals.NameOf(signal));
                }
            }

            restored.Add(signal);
        }

        return restored;
    }

    private static byte[] Read(int signal)
    {
        var bytes = new byte[ActionBytes];
        fixed (byte* action = bytes)
        {
            if (Libc.SignalAction(signal, null, action) != 0)
            {
                throw NativeException.Last("sigaction", Signals.NameOf(signal));
            }
        }

        return bytes;
    }
}
