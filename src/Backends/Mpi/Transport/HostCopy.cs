using System;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What several ranks of a host are sent, once for all of them: a file in memory without a name, which goes with the last of them, however that ends.
/// Whoever only reads it never maps it: a copy into the reader's array costs less than the faults of a mapping that is used once.</summary>
internal sealed unsafe class HostCopy
{
    private const int Page = 4096;

    private readonly MemoryFile _file;
    private readonly Lock _gate = new();
    private Mapping? _mapping;
    private int _users = 1;

    private HostCopy(MemoryFile file) => _file = file;

    /// <summary>What the other ranks of the host open.</summary>
    internal int Descriptor => _file.Descriptor;

    /// <summary>The copy in this rank's memory, for messages that go straight into it or out of it.</summary>
    internal byte* Address
    {
        get
        {
            lock (_gate)
            {
                _mapping ??= Mapping.Of(_file, 0, (nuint)_file.Length);
                return _mapping.Address;
            }
        }
    }

    /// <summary>A copy to be filled.</summary>
    internal static HostCopy Create(ulong bytes) => new(MemoryFile.Create("hpcruntime-data", checked((long)(bytes + Page - 1) & -Page)));

    /// <summary>The copy that another rank has made; null when that rank is gone or out of sight.</summary>
    internal static HostCopy? Open(int process, int descriptor) => MemoryFile.OfProcess(process, descriptor) is { } file ? new HostCopy(file) : null;

    internal void Write(ulong at, Array source, nuint bytes)
    {
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(source))
        {
            _file.Write(start, bytes, (long)at);
        }
    }

    /// <summary>False when the copy ends before.</summary>
    internal bool TryRead(ulong at, byte* target, nuint bytes) => _file.TryRead(target, bytes, (long)at);

    /// <summary>One more user. From any thread.</summary>
    internal HostCopy Retain()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>One user less; the last one closes it. A user that never releases it keeps it for good: the library may still write there.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _mapping?.Dispose();
            _file.Dispose();
        }
    }
}
