using System;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>Memory that the ranks of one host share: the word on which each sleeps, whether it is awake, and its signs of life; on the master's host also rings between it and each of the others.
/// It has no name and goes with the last of them.</summary>
internal sealed unsafe class NodeBoard : IDisposable
{
    private const int MostRanks = 2048;
    private const int CoresAt = 1024; // A bit for each processor, 8192 of them.
    private const int AwakeAt = 2048;
    private const int CellsAt = 4096;
    private const int CellBytes = 256;
    private const int BeatAt = 128;
    private static readonly int Page = Math.Max(4096, Environment.SystemPageSize);

    // Behind the cells, where there are rings: for each rank but the first, which is the master, the control words of two rings, and the rings.
    private const int DownControlAt = 0;
    private const int UpControlAt = 2048;
    private static readonly int RingsOfRank = Page + (2 * FrameRings.RingBytes);

    private readonly SharedMemory _memory;
    private readonly int _ranks;

    private NodeBoard(SharedMemory memory, int ranks)
    {
        _memory = memory;
        _ranks = ranks;
    }

    internal int Descriptor => _memory.Descriptor;

    /// <summary>Whether the ranks have rings between them and the first.</summary>
    internal bool HasRings => (long)_memory.Length >= RingsAt(_ranks);

    /// <summary>A board for so many ranks; null when there are more than one can have.</summary>
    /// <param name="ranks">Those of this host.</param>
    /// <param name="withRings">Whether the first of them is the master, and gets rings to and from the others.</param>
    internal static NodeBoard? Create(int ranks, bool withRings) =>
        ranks > MostRanks ? null : new NodeBoard(SharedMemory.Create("hpcruntime-board", withRings ? RingsAt(ranks) : RingsAt(1, ranks)), ranks);

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

    /// <summary>The rings between the first rank and another.</summary>
    /// <param name="local">The other, from 1.</param>
    /// <param name="fromFirst">Whether it is the first that asks.</param>
    internal FrameRings RingsOf(int local, bool fromFirst)
    {
        var at = RingsAt(local, _ranks);
        var down = at + Page;
        var up = down + FrameRings.RingBytes;
        var downControl = _memory.Address + at + DownControlAt;
        var upControl = _memory.Address + at + UpControlAt;
        return fromFirst
            ? new FrameRings(_memory.File, down, downControl, up, upControl)
            : new FrameRings(_memory.File, up, upControl, down, downControl);
    }

    public void Dispose() => _memory.Dispose();

    /// <summary>Where the rings of a rank begin among those of so many; where the file ends for the rank behind the last.</summary>
    private static int RingsAt(int local, int ranks) => ((CellsAt + (ranks * CellBytes) + Page - 1) & -Page) + ((local - 1) * RingsOfRank);

    private static int RingsAt(int ranks) => RingsAt(ranks, ranks);

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
