using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>One end of a pair of connected Unix-domain stream sockets. Nothing here blocks; sending to an end that is gone raises no signal.</summary>
internal static unsafe class LocalSocket
{
    /// <summary>What <see cref="Send"/> and <see cref="Receive"/> answer when nothing can be moved now.</summary>
    internal const nint WouldBlock = -1;

    /// <summary>What they answer when the other end is gone.</summary>
    internal const nint Closed = 0;

    private const int Unix = 1;
    private const int Stream = 1;
    private const int CloseOnExec = 0x80000;
    private const int NoSignal = 0x4000;
    private const int DoNotWait = 0x40;
    private const int ErrorBrokenPipe = 32;
    private const int ErrorReset = 104;

    /// <summary>Two ends, both closed on exec.</summary>
    internal static (int Here, int There) CreatePair()
    {
        var ends = stackalloc int[2];
        return Libc.CreateSocketPair(Unix, Stream | CloseOnExec, 0, ends) == 0 ? (ends[0], ends[1]) : throw NativeException.Last("socketpair", "a slave's connection");
    }

    /// <summary>Bytes sent, <see cref="WouldBlock"/> or <see cref="Closed"/>.</summary>
    internal static nint Send(int descriptor, byte* bytes, nuint count)
    {
        while (true)
        {
            var sent = Libc.Send(descriptor, bytes, count, NoSignal | DoNotWait);
            if (sent >= 0)
            {
                return sent;
            }

            if (Failure("send") is { } answer)
            {
                return answer;
            }
        }
    }

    /// <summary>Bytes received, <see cref="WouldBlock"/> or <see cref="Closed"/>.</summary>
    internal static nint Receive(int descriptor, byte* bytes, nuint count)
    {
        while (true)
        {
            var received = Libc.Receive(descriptor, bytes, count, DoNotWait);
            if (received >= 0)
            {
                return received;
            }

            if (Failure("recv") is { } answer)
            {
                return answer;
            }
        }
    }

    /// <summary>Waits until the descriptor can be read, or written too where asked for. Milliseconds; negative without limit.</summary>
    internal static void Wait(int descriptor, bool write, int milliseconds)
    {
        Libc.PollEntry entry;
        entry.Descriptor = descriptor;
        entry.Events = (short)(write ? 5 : 1);
        entry.Returned = 0;
        if (Libc.Poll(&entry, 1, milliseconds) < 0 && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
        {
            throw NativeException.Last("poll", "a connection");
        }
    }

    /// <summary>Null to try again.</summary>
    private static nint? Failure(string call) => Marshal.GetLastPInvokeError() switch
    {
        Libc.ErrorInterrupted => null,
        Libc.ErrorAgain => WouldBlock,
        ErrorBrokenPipe or ErrorReset => Closed,
        _ => throw NativeException.Last(call, "a connection"),
    };
}
