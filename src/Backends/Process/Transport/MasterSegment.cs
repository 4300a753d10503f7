using System;
using System.Security.Cryptography;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>The segment that the master shares with all its slaves: the word it sleeps on, which ranks are awake, and what all of them are sent. Disposed by whoever made or opened it, after its communicator.</summary>
internal sealed unsafe class MasterSegment : IDisposable
{
    private readonly SharedMemory _memory;

    private MasterSegment(SharedMemory memory) => _memory = memory;

    /// <summary>The descriptor that each slave inherits.</summary>
    internal int Descriptor => _memory.Descriptor;

    /// <summary>The file behind it. What all slaves share lies behind the first <see cref="Layout.MasterBytes"/>.</summary>
    internal MemoryFile File => _memory.File;

    /// <summary>16 random bytes of this run. They are not shown anywhere: no command line, no log.</summary>
    internal ReadOnlySpan<byte> Secret => _memory.Span(Layout.SecretAt, Layout.SecretBytes);

    internal ParkWord MasterParked => new((int*)(_memory.Address + Layout.MasterParkedAt));

    /// <summary>Cores that the ranks of this run share.</summary>
    internal int Cores => _memory.At<int>(Layout.CoresAt);

    /// <summary>The master makes it, before the first slave starts.</summary>
    /// <param name="cores">Cores that the ranks share; above that number of awake ranks nobody spins.</param>
    internal static MasterSegment Create(int cores)
    {
        var memory = SharedMemory.Create("hpcruntime-master", Layout.MasterBytes);
        memory.At<int>(Layout.CoresAt) = cores;
        memory.At<int>(Layout.SeatsAt) = 1;
        Segments.Stamp(memory, RandomNumberGenerator.GetBytes(Layout.SecretBytes), rank: 0);
        return new MasterSegment(memory);
    }

    /// <summary>A slave opens what it inherited.</summary>
    /// <param name="descriptor">Taken over.</param>
    /// <param name="secret">This run's secret, as the slave was told.</param>
    /// <exception cref="NativeException">The descriptor is not open.</exception>
    /// <exception cref="HpcRuntime.Primitives.HpcRuntimeException">It is not the segment of this run, or of another version.</exception>
    internal static MasterSegment Open(int descriptor, ReadOnlySpan<byte> secret)
    {
        var memory = SharedMemory.Open(descriptor, Layout.MasterBytes);
        Segments.Verify(memory, secret, Layout.MasterBytes);
        return new MasterSegment(memory);
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Ranks up to this one exist: how far <see cref="SpinIsWelcome"/> has to look.</summary>
    internal void RaiseSeats(int seats)
    {
        ref var present = ref _memory.At<int>(Layout.SeatsAt);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seats, Layout.MostRanks);
        if (Volatile.Read(ref present) < seats)
        {
            Volatile.Write(ref present, seats);
        }
    }

    /// <summary>Says whether a rank is awake. The master says it of a slave that is gone.</summary>
    internal void SetAwake(int rank, bool awake) => Volatile.Write(ref _memory.At<byte>(Layout.AwakeAt + rank), awake ? (byte)1 : (byte)0);

    /// <summary>Whether there is a core for every rank that is awake.</summary>
    internal bool SpinIsWelcome() => AwakeRanks() <= Cores;

    /// <summary>Whether there is a core for one rank more than are awake.</summary>
    internal bool HasIdleCore() => AwakeRanks() < Cores;

    private int AwakeRanks()
    {
        var seats = Math.Clamp(Volatile.Read(ref _memory.At<int>(Layout.SeatsAt)), 1, Layout.MostRanks);
        return _memory.Span(Layout.AwakeAt, seats).Count((byte)1);
    }
}
