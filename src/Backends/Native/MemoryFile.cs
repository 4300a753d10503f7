using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading;

namespace HpcRuntime.Backends.Native;

/// <summary>A file without a name that lives in memory (memfd): its owner's alone, gone with the last descriptor and mapping, also after kill -9. It can grow and never shrinks,
/// so that no mapping of it ever ends in SIGBUS. Its descriptor is closed on exec; <see cref="ProcessStart.Descriptors"/> hands it to a child.</summary>
internal sealed class MemoryFile : IDisposable
{
    private const uint CloseOnExec = 1;
    private const uint AllowSealing = 2;
    private const int AddSeals = 1033;
    private const int SealShrink = 2;
    private const int KeepSize = 1;
    private const int PunchHole = 2;
    private const nuint LargestMove = 1 << 30;

    private int _descriptor;

    private MemoryFile(int descriptor) => _descriptor = descriptor;

    internal int Descriptor
    {
        get
        {
            ObjectDisposedException.ThrowIf(_descriptor < 0, this);
            return _descriptor;
        }
    }

    /// <summary>Bytes of the file. Another process may have made it grow.</summary>
    internal long Length => Descriptors.Length(Descriptor);

    /// <summary>A new file of <paramref name="length"/> bytes, all zero. Pages are taken when they are written.</summary>
    /// <param name="name">Shown in <c>/proc/PID/maps</c>; need not be unique.</param>
    /// <param name="length">Bytes.</param>
    /// <exception cref="PlatformNotSupportedException">Not on Linux.</exception>
    internal static MemoryFile Create(string name, long length)
    {
        NativeSupport.Require();
        var descriptor = Libc.CreateMemoryFile(name, CloseOnExec | AllowSealing);
        if (descriptor < 0)
        {
            throw NativeException.Last("memfd_create", name);
        }

        var file = new MemoryFile(descriptor);
        try
        {
            file.Grow(length);
            if (Libc.Control(descriptor, AddSeals, SealShrink) != 0)
            {
                throw NativeException.Last("fcntl(F_ADD_SEALS)", name);
            }

            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes over a descriptor that the parent handed down; children of this process do not inherit it.</summary>
    internal static MemoryFile Open(int descriptor)
    {
        NativeSupport.Require();
        Descriptors.SetCloseOnExec(descriptor, true);
        return new MemoryFile(descriptor);
    }

    /// <summary>The file behind a descriptor of another process of this user; null when that process is gone, or out of sight (in another container, say).</summary>
    internal static MemoryFile? OfProcess(int process, int descriptor)
    {
        const int ReadWrite = 2;
        const int CloseOnExecFlag = 0x80000;
        NativeSupport.Require();
        var opened = Libc.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd/{descriptor}"), ReadWrite | CloseOnExecFlag, 0);
        return opened >= 0 ? new MemoryFile(opened) : null;
    }

    /// <summary>A second descriptor of the same file.</summary>
    internal MemoryFile Duplicate() => Open(Descriptors.Duplicate(Descriptor));

    internal void Grow(long length)
    {
        if (Libc.Truncate(Descriptor, length) != 0)
        {
            throw NativeException.Last("ftruncate", string.Create(CultureInfo.InvariantCulture, $"shared memory of {length} bytes"));
        }
    }

    /// <summary>Writes bytes without mapping them: for pages that are written once, cheaper than faulting each of them in.</summary>
    internal unsafe void Write(byte* source, nuint count, long offset)
    {
        while (count > 0)
        {
            var written = Libc.WriteAt(Descriptor, source, nuint.Min(count, LargestMove), offset);
            if (written < 0 && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
            {
                throw NativeException.Last("pwrite", string.Create(CultureInfo.InvariantCulture, $"{count} bytes of shared memory"));
            }

            var moved = Math.Max(0, written);
            source += moved;
            count -= (nuint)moved;
            offset += moved;
        }
    }

    /// <summary>Reads bytes without mapping them; false when the file ends before.</summary>
    internal unsafe bool TryRead(byte* target, nuint count, long offset)
    {
        while (count > 0)
        {
            var read = Libc.ReadAt(Descriptor, target, nuint.Min(count, LargestMove), offset);
            if (read == 0)
            {
                return false;
            }

            if (read < 0 && Marshal.GetLastPInvokeError() != Libc.ErrorInterrupted)
            {
                throw NativeException.Last("pread", string.Create(CultureInfo.InvariantCulture, $"{count} bytes of shared memory"));
            }

            var moved = Math.Max(0, read);
            target += moved;
            count -= (nuint)moved;
            offset += moved;
        }

        return true;
    }

    /// <summary>Gives the pages of a range back to the system; it reads as zero afterwards. Mappings stay valid.</summary>
    internal void Release(long offset, long length)
    {
        if (Libc.Allocate(Descriptor, KeepSize | PunchHole, offset, length) != 0)
        {
            throw NativeException.Last("fallocate(PUNCH_HOLE)", string.Create(CultureInfo.InvariantCulture, $"{length} bytes of shared memory"));
        }
    }

    public void Dispose()
    {
        var descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor >= 0)
        {
            Descriptors.Close(descriptor);
        }
    }
}
