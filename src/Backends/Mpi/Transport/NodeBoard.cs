using System;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>Memory that the ranks of one host share: the word on which each sleeps, whether it is awake, and its signs of life. It has no name and goes with the last of them.</summary>
internal sealed unsafe class NodeBoard : IDisposable
{
    private const int MostRanks = 2048;
    private const int CoresAt = 1024; // A bit for each processor, 8192 of them.
    private const int AwakeAt = 2048;
    private const int CellsAt = 4096;
    private const int CellBytes = 256;
    private const int BeatAt = 128;

    private readonly SharedMemory _memory;
    private readonly int _ranks;

    private NodeBoard(SharedMemory memory, int ranks)
    {
        _memory = memory;
        _ranks = ranks;
    }

    internal int Descriptor => _memory.Descriptor;

    /// <summary>A board for so many ranks; null when there are more than one can have.</summary>
    internal static NodeBoard? Create(int ranks)
    {
        const int Page = 4096;
        return ranks > MostRanks ? null : new NodeBoard(SharedMemory.Create("hpcruntime-board", (CellsAt + (ranks * CellBytes) + Page - 1) & -Page), ranks);
    }

    /// <summary>The board that another rank made; null when this one cannot see it.</summary>
    internal static NodeBoard? Open(int process, int descriptor, int ranks)
    {
        if (MemoryFile.OfProcess(process, descriptor) is not { } file)
        {
            return null;
        }

        if (file.Length < CellsAt + (ranks * CellBytes))
        {
            file.Dispose();
            return null;
        }

        return new NodeBoard(SharedMemory.Open(file), ranks);
    }

    /// <summary>Adds the processors that this rank may run on to those of the host's ranks.</summary>
    internal void AddCores()
    {
        foreach (var core in OwnProcess.Affinity())
        {
            Interlocked.Or(ref _memory.At<int>(CoresAt + (core / 32 * 4)), 1 << (core % 32));
        }
    }

    /// <summary>Whether there is a core for every rank of the host that is awake.</summary>
    internal bool SpinIsWelcome()
    {
        var awake = _memory.Span(AwakeAt, _ranks).Count((byte)1);
        return awake <= 1 || awake <= Cores();
    }

    internal void SetAwake(int local, bool awake) => Volatile.Write(ref _memory.At<byte>(AwakeAt + local), awake ? (byte)1 : (byte)0);

    internal ParkWord WordOf(int local) => new((int*)(_memory.Address + CellsAt + (local * CellBytes)));

    internal long BeatOf(int local) => Volatile.Read(ref _memory.At<long>(CellsAt + (local * CellBytes) + BeatAt));

    internal void Beat(int local, long now) => Volatile.Write(ref _memory.At<long>(CellsAt + (local * CellBytes) + BeatAt), now);

    public void Dispose() => _memory.Dispose();

    private int _cores; // Once all ranks have added theirs; asked for only after that.

    private int Cores()
    {
        if (_cores == 0)
        {
            foreach (var word in System.Runtime.InteropServices.MemoryMarshal.Cast<byte, uint>(_memory.Span(CoresAt, 1024)))
            {
                _cores += System.Numerics.BitOperations.PopCount(word);
            }
        }

        return _cores;
    }
}
