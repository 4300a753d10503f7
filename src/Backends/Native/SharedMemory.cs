using System;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Backends.Native;

/// <summary>Memory of a fixed size that processes share by a descriptor number, mapped as a whole. Nobody may use it once it is disposed.</summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private readonly Mapping _mapping;

    private SharedMemory(MemoryFile file, Mapping mapping)
    {
        File = file;
        _mapping = mapping;
    }

    /// <summary>The file behind it; disposed with it.</summary>
    internal MemoryFile File { get; }

    /// <summary>The number of the descriptor.</summary>
    internal int Descriptor => File.Descriptor;

    internal nuint Length => _mapping.Length;

    internal byte* Address => _mapping.Address;

    /// <summary>New memory, all zero, of <paramref name="length"/> bytes (a multiple of the page size).</summary>
    internal static SharedMemory Create(string name, int length)
    {
        var file = MemoryFile.Create(name, length);
        return Mapped(file, (nuint)length);
    }

    /// <summary>The memory behind a descriptor that the parent handed down; takes the descriptor over.</summary>
    /// <param name="descriptor">The number of the descriptor.</param>
    /// <param name="most">What of a file that may have grown since is mapped: so many bytes from its start.</param>
    internal static SharedMemory Open(int descriptor, long most = long.MaxValue)
    {
        var file = MemoryFile.Open(descriptor);
        return Mapped(file, (nuint)Math.Min(file.Length, most));
    }

    /// <summary>The memory behind a file, which it takes over.</summary>
    internal static SharedMemory Open(MemoryFile file) => Mapped(file, (nuint)file.Length);

    /// <summary>A reference into the memory.</summary>
    internal ref T At<T>(int offset)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)(uint)offset + (nuint)sizeof(T), Length);
        return ref Unsafe.AsRef<T>(Address + offset);
    }

    /// <summary>A part of the memory.</summary>
    internal Span<byte> Span(int offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)(uint)offset + (uint)length, Length);
        return new Span<byte>(Address + offset, length);
    }

    public void Dispose()
    {
        _mapping.Dispose();
        File.Dispose();
    }

    private static SharedMemory Mapped(MemoryFile file, nuint length)
    {
        try
        {
            return new SharedMemory(file, Mapping.Of(file, 0, length));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
