using System;
using System.Threading;

namespace HpcRuntime.Backends.Native;

/// <summary>A part of a <see cref="MemoryFile"/> in this process's address space. Whoever uses <see cref="Address"/> keeps it from being disposed meanwhile.</summary>
internal sealed unsafe class Mapping : IDisposable
{
    private const int ProtectNone = 0;
    private const int ReadWrite = 3;
    private const int Shared = 1;
    private const int Private = 2;
    private const int Fixed = 0x10;
    private const int Anonymous = 0x20;
    private const int NoReserve = 0x4000;

    private readonly nuint _mapped;
    private nint _address;

    private Mapping(nint address, nuint mapped, nuint length)
    {
        _address = address;
        _mapped = mapped;
        Length = length;
    }

    /// <summary>Where the part begins; null once disposed.</summary>
    internal byte* Address => (byte*)_address;

    /// <summary>Bytes of the file that are mapped.</summary>
    internal nuint Length { get; }

    public void Dispose()
    {
        var address = Interlocked.Exchange(ref _address, 0);
        if (address != 0 && Libc.Unmap(address, _mapped) != 0)
        {
            throw NativeException.Last("munmap", "shared memory");
        }
    }

    /// <summary>Maps <paramref name="length"/> bytes from <paramref name="offset"/>, both multiples of the page size.</summary>
    internal static Mapping Of(MemoryFile file, long offset, nuint length)
    {
        var address = Map(0, length, ReadWrite, Shared | NoReserve, file.Descriptor, offset);
        return new Mapping(address, length, length);
    }

    /// <summary>Maps the same bytes twice, one behind the other, so that a ring has no seam: up to <see cref="Length"/> bytes can be used from every position in it.</summary>
    internal static Mapping TwiceOf(MemoryFile file, long offset, nuint length)
    {
        var address = Map(0, length * 2, ProtectNone, Private | Anonymous | NoReserve, -1, 0);
        var mapping = new Mapping(address, length * 2, length);
        try
        {
            Map(address, length, ReadWrite, Shared | Fixed, file.Descriptor, offset);
            Map(address + (nint)length, length, ReadWrite, Shared | Fixed, file.Descriptor, offset);
            return mapping;
        }
        catch
        {
            mapping.Dispose();
            throw;
        }
    }

    /// <summary>Asks for huge pages, where the system lets shared memory have them; otherwise nothing changes.</summary>
    internal void PreferHugePages() => _ = Libc.Advise(_address, _mapped, Libc.HugePages);

    private static nint Map(nint at, nuint length, int protection, int flags, int descriptor, long offset)
    {
        var address = Libc.Map(at, length, protection, flags, descriptor, offset);
        return address == -1 ? throw NativeException.Last("mmap", $"{length} bytes of shared memory") : address;
    }
}
