using System;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace HpcRuntime.Backends.Native;

/// <summary>File descriptors by number.</summary>
internal static unsafe class Descriptors
{
    private const int GetFlags = 1;
    private const int SetFlags = 2;
    private const int DuplicateCloseOnExec = 1030;
    private const int FromEnd = 2;
    private const int CloseOnExec = 0x80000;

    /// <summary>A second descriptor of the same open file, closed on exec and not below <paramref name="lowest"/>.</summary>
    internal static int Duplicate(int descriptor, int lowest = 3)
    {
        var copy = Libc.Control(descriptor, DuplicateCloseOnExec, lowest);
        return copy >= 0 ? copy : throw NativeException.Last("fcntl(F_DUPFD_CLOEXEC)", Named(descriptor));
    }

    /// <summary>Makes <paramref name="target"/> mean what <paramref name="descriptor"/> does; what it meant before is closed. Children inherit it.</summary>
    internal static void Redirect(int descriptor, int target)
    {
        while (Libc.Duplicate(descriptor, target) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
            {
                throw NativeException.Last("dup2", Named(descriptor));
            }
        }
    }

    /// <summary>A pipe, both ends closed on exec.</summary>
    internal static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        var ends = stackalloc int[2];
        return Libc.Pipe(ends, CloseOnExec) == 0 ? (new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true)) : throw NativeException.Last("pipe2", "a pipe");
    }

    internal static void SetCloseOnExec(int descriptor, bool closes)
    {
        var flags = Libc.Control(descriptor, GetFlags, 0);
        if (flags < 0 || Libc.Control(descriptor, SetFlags, closes ? flags | 1 : flags & ~1) < 0)
        {
            throw NativeException.Last("fcntl", Named(descriptor));
        }
    }

    /// <summary>Whether the number is an open descriptor.</summary>
    internal static bool IsOpen(int descriptor) => Libc.Control(descriptor, GetFlags, 0) >= 0;

    internal static void Close(int descriptor)
    {
        // Under Linux the number is free again also when close was interrupted.
        if (Libc.Close(descriptor) != 0 && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
        {
            throw NativeException.Last("close", Named(descriptor));
        }
    }

    /// <summary>Bytes in the file. Moves the position of the descriptor, which the calls here never use.</summary>
    internal static long Length(int descriptor)
    {
        var length = Libc.Seek(descriptor, 0, FromEnd);
        return length >= 0 ? length : throw NativeException.Last("lseek", Named(descriptor));
    }

    /// <summary>Reads from <paramref name="offset"/> without moving the position. The bytes read; 0 at the end.</summary>
    internal static int ReadAt(int descriptor, Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var read = Libc.ReadAt(descriptor, start, (nuint)buffer.Length, offset);
                if (read >= 0)
                {
                    return (int)read;
                }

                if (Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
                {
                    throw NativeException.Last("pread", Named(descriptor));
                }
            }
        }
    }

    /// <summary>Writes out what the C library's streams still hold (printf in native code).</summary>
    internal static void FlushNativeStreams()
    {
        if (Libc.Flush(0) != 0)
        {
            throw NativeException.Last("fflush", "the C library's streams");
        }
    }

    private static string Named(int descriptor) => string.Create(CultureInfo.InvariantCulture, $"descriptor {descriptor}");
}
