using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>Waiting on a word of memory that processes share (futex, not private).</summary>
internal static unsafe class Futex
{
    private const int WaitOperation = 0;
    private const int WakeOperation = 1;

    private static readonly nint Number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>Sleeps while the word is <paramref name="expected"/>, until it is woken, until the time is over, or without reason: the caller looks again in any case.</summary>
    /// <param name="word">The word.</param>
    /// <param name="expected">Returns at once when the word is something else.</param>
    /// <param name="nanoseconds">How long at most; negative without limit.</param>
    internal static void Wait(int* word, int expected, long nanoseconds)
    {
        Libc.TimeSpecification limit;
        limit.Seconds = nanoseconds / 1_000_000_000;
        limit.Nanoseconds = nanoseconds % 1_000_000_000;
        if (Libc.SystemCall(Number, (nint)word, WaitOperation, expected, nanoseconds < 0 ? 0 : (nint)(&limit), 0, 0) != 0
            && Marshal.GetLastPInvokeError() is not (Libc.ErrorAgain or Libc.ErrorInterrupted or Libc.ErrorTimedOut))
        {
            throw NativeException.Last("futex(WAIT)", "a word of shared memory");
        }
    }

    /// <summary>Wakes up to <paramref name="count"/> sleepers; how many there were.</summary>
    internal static int Wake(int* word, int count)
    {
        var woken = Libc.SystemCall(Number, (nint)word, WakeOperation, count, 0, 0, 0);
        return woken >= 0 ? (int)woken : throw NativeException.Last("futex(WAKE)", "a word of shared memory");
    }
}
