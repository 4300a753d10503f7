using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Native;

/// <summary>Linux's /proc, read by plain system calls: no strings, no exceptions for a process that has just ended, and few methods that a look at every process of a machine would make warm and have compiled again
/// while all else sleeps.</summary>
internal static unsafe class ProcFolder
{
    private const int CloseOnExecFlag = 0x80000;
    private const int NameOffset = 19; // struct linux_dirent64: inode, offset, u16 length of the record, type, name (getdents64(2)).
    private const int LengthOffset = 16;

    private static nint ReadEntries => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 61 : 217;

    /// <summary>Numbers of all processes in sight; none where there is no /proc.</summary>
    internal static List<int> Processes()
    {
        var found = new List<int>();
        var folder = Libc.Open("/proc", CloseOnExecFlag, 0);
        if (folder < 0)
        {
            return found;
        }

        const int Size = 32 * 1024;
        var buffer = stackalloc byte[Size];
        for (int length; (length = (int)Libc.SystemCall(ReadEntries, folder, (nint)buffer, Size, 0, 0, 0)) > 0;)
        {
            for (var at = 0; at < length; at += *(ushort*)(buffer + at + LengthOffset))
            {
                var id = 0;
                var name = buffer + at + NameOffset;
                for (; *name is >= (byte)'0' and <= (byte)'9'; name++)
                {
                    id = (10 * id) + (*name - '0');
                }

                if (*name == 0)
                {
                    found.Add(id); // Nothing there has an empty name, nor a number that is no process.
                }
            }
        }

        _ = Libc.Close(folder);
        return found;
    }

    /// <summary>A file of the kernel's, whole.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="buffer">Holds it; replaced by a larger one where it is too small.</param>
    /// <returns>What is in it, valid as long as the buffer is left alone; empty when it is gone, or somebody else's.</returns>
    internal static ReadOnlySpan<byte> Read(string path, ref byte[] buffer)
    {
        var file = Libc.Open(path, CloseOnExecFlag, 0);
        if (file < 0)
        {
            return [];
        }

        var length = 0;
        while (true)
        {
            nint read;
            fixed (byte* start = buffer)
            {
                read = Libc.ReadAt(file, start + length, (nuint)(buffer.Length - length), length);
            }

            if (read <= 0)
            {
                _ = Libc.Close(file);
                return buffer.AsSpan(0, read < 0 ? 0 : length); // Of a process that ended while it was read, nothing is left.
            }

            length += (int)read;
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * length);
            }
        }
    }
}
