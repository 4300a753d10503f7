using System;
using System.Numerics;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>What the master shares with one slave: a control page, a ring for each direction, a bulk area for each direction. One per incarnation.
/// It stays mapped until everyone in this process who holds it (its maker, its communicator) has disposed it. The words may be used from any thread that holds it.</summary>
internal sealed unsafe class SlaveSegment : IDisposable
{
    internal const int DefaultRingBytes = 256 * 1024;
    internal const int SmallestRingBytes = 4096;

    private readonly SharedMemory _memory;
    private int _holders = 1;

    private SlaveSegment(SharedMemory memory, MemoryFile downBulk, MemoryFile upBulk)
    {
        _memory = memory;
        DownBulk = downBulk;
        UpBulk = upBulk;
        RingBytes = memory.At<int>(Layout.RingBytesAt);
    }

    /// <summary>The three descriptors that the slave inherits, in the order in which <see cref="Open"/> takes them.</summary>
    internal (int Memory, int DownBulk, int UpBulk) Descriptors => (_memory.Descriptor, DownBulk.Descriptor, UpBulk.Descriptor);

    internal int Rank => _memory.At<int>(Layout.RankAt);

    internal int Incarnation => _memory.At<int>(Layout.IncarnationAt);

    internal int RingBytes { get; }

    /// <summary>True once the slave's communicator is open. The master's communicator then reports <see cref="HpcRuntime.Fabrics.ArrivalKind.RankJoined"/>.</summary>
    internal bool IsReady
    {
        get => Volatile.Read(ref _memory.At<int>(Layout.StateAt)) == 1;
        set => Volatile.Write(ref _memory.At<int>(Layout.StateAt), value ? 1 : 0);
    }

    /// <summary>The command that the slave runs, as the slave says; 0 between commands.</summary>
    internal long RunningCommand
    {
        get => Volatile.Read(ref _memory.At<long>(Layout.RunningCommandAt));
        set => Volatile.Write(ref _memory.At<long>(Layout.RunningCommandAt), value);
    }

    internal ParkWord SlaveParked => new((int*)(_memory.Address + Layout.SlaveParkedAt));

    internal MemoryFile DownBulk { get; }

    internal MemoryFile UpBulk { get; }

    internal byte* DownControl => _memory.Address + Layout.DownControlAt;

    internal byte* UpControl => _memory.Address + Layout.UpControlAt;

    /// <summary>The master makes one for each slave before it starts it.</summary>
    /// <param name="master">The run's segment.</param>
    /// <param name="rank">The seat, from 1.</param>
    /// <param name="incarnation">The holder of that seat, from 1.</param>
    /// <param name="ringBytes">Bytes of each ring: a power of two, at least 4096.</param>
    internal static SlaveSegment Create(MasterSegment master, int rank, int incarnation, int ringBytes = DefaultRingBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ringBytes, SmallestRingBytes);
        if (!BitOperations.IsPow2(ringBytes))
        {
            throw new ArgumentOutOfRangeException(nameof(ringBytes), ringBytes, "A power of two is needed.");
        }

        SharedMemory? memory = null;
        MemoryFile? down = null;
        try
        {
            memory = SharedMemory.Create("hpcruntime-slave", checked(Layout.RingsAt + (2 * ringBytes)));
            memory.At<int>(Layout.IncarnationAt) = incarnation;
            memory.At<int>(Layout.RingBytesAt) = ringBytes;
            Segments.Stamp(memory, master.Secret, rank);
            down = MemoryFile.Create("hpcruntime-down", 0);
            return new SlaveSegment(memory, down, MemoryFile.Create("hpcruntime-up", 0));
        }
        catch
        {
            memory?.Dispose();
            down?.Dispose();
            throw;
        }
    }

    /// <summary>The slave opens what it inherited; takes the descriptors over.</summary>
    /// <exception cref="HpcRuntime.Primitives.HpcRuntimeException">It is not a segment of this run, or of another version.</exception>
    internal static SlaveSegment Open(int memory, int downBulk, int upBulk, ReadOnlySpan<byte> secret)
    {
        var shared = SharedMemory.Open(memory);
        Segments.Verify(shared, secret, Layout.RingsAt + (2 * SmallestRingBytes));
        return new SlaveSegment(shared, MemoryFile.Open(downBulk), MemoryFile.Open(upBulk));
    }

    internal Mapping MapDownRing() => Mapping.TwiceOf(_memory.File, Layout.RingsAt, (nuint)RingBytes);

    internal Mapping MapUpRing() => Mapping.TwiceOf(_memory.File, Layout.RingsAt + RingBytes, (nuint)RingBytes);

    /// <summary>One more holder, who disposes it too.</summary>
    internal SlaveSegment Retain()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>One holder less; the last one unmaps it and closes its descriptors.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _memory.Dispose();
            DownBulk.Dispose();
            UpBulk.Dispose();
        }
    }
}
