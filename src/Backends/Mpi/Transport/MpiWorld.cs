using System;
using System.Diagnostics;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Mpi.Interop.MpiNet;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>The ranks that mpiexec started, as one of them sees them: one for the life of the process, whatever processors come and go in it.
/// Its messages travel in rings of the host, or on a duplicate of MPI_COMM_WORLD, and never meet those of the application.</summary>
internal sealed unsafe partial class MpiWorld
{
    private static readonly Lock OpenGate = new();
    private static MpiWorld? _current;

    private readonly Action<MpiPeer> _ring;
    private int _poller;

    private MpiWorld(MpiStart start, nint comm, MpiWorldSettings settings)
    {
        (Start, Comm, Settings) = (start, comm, settings);
        MpiException.Check(MpiCalls.Rank(comm, out var rank), "MPI_Comm_rank");
        MpiException.Check(MpiCalls.Size(comm, out var size), "MPI_Comm_size");
        (Rank, Size) = (rank, size);
        _ring = Ring;
        Post = new MpiPost(Abi, comm, Gate);
        Receiver = new MpiReceiver(Abi, comm, Gate, settings.Heartbeat, source => Peers![source]!, _ring);
        Remains = rank > 0 ? SlaveRemainsHere.Create() : null;
        (Peers, Board, Local) = Meet();
        Word = Board?.WordOf(Local) ?? new ParkWord((int*)NativeMemory.AllocZeroed(sizeof(int)));
        Receiver.Expect([.. Peers.Where(peer => peer?.Rings is not null).Select(peer => peer!)], Peers.Any(MaySendThroughLibrary));
        HasRemote = Peers.Any(peer => peer is { IsLocal: false } && (Rank == 0 || peer.Rank == 0));
    }

    /// <summary>The world of this process; null while it is not open.</summary>
    internal static MpiWorld? Current => Volatile.Read(ref _current);

    internal MpiStart Start { get; }

    internal MpiWorldSettings Settings { get; }

    internal MpiAbi Abi => Start.Library.Abi;

    /// <summary>The duplicate.</summary>
    internal nint Comm { get; }

    internal int Rank { get; }

    internal int Size { get; }

    internal MpiGate Gate { get; } = new();

    internal MpiPost Post { get; }

    internal MpiReceiver Receiver { get; }

    /// <summary>The other ranks by number; null for this one.</summary>
    internal MpiPeer?[] Peers { get; }

    internal NodeBoard? Board { get; }

    /// <summary>This rank's number on its host.</summary>
    internal int Local { get; }

    /// <summary>The word on which this rank sleeps.</summary>
    internal ParkWord Word { get; }

    /// <summary>Whether any rank that this one talks to is on another host, or out of sight.</summary>
    internal bool HasRemote { get; }

    /// <summary>What a slave leaves behind for its master to read; null on the master.</summary>
    internal SlaveRemainsHere? Remains { get; }

    /// <summary>Takes what arrives: the master's or the slave's half.</summary>
    internal MpiRole Role { get; private set; } = null!;

    /// <summary>Opens the world, or gives the one that is open.</summary>
    /// <exception cref="FabricUnavailableException">There is no MPI, it does not belong to the launcher, it allows too few threads, or MPI.NET was asked for and cannot be used.</exception>
    internal static MpiWorld Open(MpiWorldSettings settings)
    {
        lock (OpenGate)
        {
            if (_current is { } open)
            {
                return open;
            }

            // MPI.NET before the library: a rank whose host alone lacks it says so, as one does that lacks the library.
            var net = settings.Net is { } choice ? MpiNetAssembly.Load(choice) : null;
            var library = MpiLibrary.Load(settings.Library, settings.Environment);
            net?.ConnectTo(library);
            var start = MpiStart.Begin(library, settings.Environment, settings.Threads, net);
            if (start.Threading < Threading.Serialized)
            {
                throw new FabricUnavailableException("mpi", $"MPI was begun with the thread level {start.Threading}; the fabric calls it from more than one thread, one at a time, and needs {Threading.Serialized} or {Threading.Multiple}: begin MPI with one of these, or load the processor first, which begins it.");
            }

            if (start.Threading < settings.Threads)
            {
                throw new FabricUnavailableException("mpi", $"MPI was begun with the thread level {start.Threading}, and mpi.threads asks for {settings.Threads}: begin MPI with that level, take a library that has it, or leave mpi.threads out.");
            }

            nint comm = 0;
            var original = settings.Communicator ?? start.Library.Abi.CommWorld;
            MpiException.Check(MpiCalls.Duplicate(original, &comm), "MPI_Comm_dup");
            MpiException.Check(MpiNative.MPI_Comm_set_errhandler(comm, start.Library.Abi.ErrorsReturn), "MPI_Comm_set_errhandler");
            var world = new MpiWorld(start, comm, settings);
            world.Role = world.Rank == 0 ? new MpiMasterRole(world) : new MpiSlaveRole(world);
            world._begunAt = Stopwatch.GetTimestamp();
            world.Role.Begin();
            LaunchedRank.Begin(settings.Environment, world.Rank);
            return _current = world;
        }
    }

    /// <summary>Sends a frame. From any thread.</summary>
    internal void Send(MpiPeer to, MpiFrameKind kind, int ticket, ReadOnlySpan<byte> head, ReadOnlySpan<Wire.WireBlock> blocks, long spread = 0)
    {
        if (to.HasDied)
        {
            return;
        }

        Gate.Enter();
        try
        {
            Post.Send(to, kind, ticket, head, blocks, spread);
        }
        finally
        {
            Gate.Exit();
        }

        Ring(to);
        if (to.HasDied)
        {
            Role.NoteDeath(); // The library noticed just now.
        }
    }

    /// <summary>One thread looks for what arrives; others that wait are told by it. False when another does.</summary>
    internal bool TryBePoller() => Volatile.Read(ref _poller) == 0 && Interlocked.CompareExchange(ref _poller, 1, 0) == 0;

    /// <summary>Whether some thread looks for what arrives.</summary>
    internal bool IsPolled => Volatile.Read(ref _poller) != 0;

    internal void EndPolling() => Volatile.Write(ref _poller, 0);

    /// <summary>Frames that were received. The poller's.</summary>
    internal long Taken { get; private set; }

    /// <summary>One look. The poller.</summary>
    internal bool TryPoll(MpiCommunicator by, out Arrival arrival)
    {
        if (Gate.IsWanted)
        {
            System.Threading.Thread.Yield();
        }

        if (Post.PendingCount > 0)
        {
            AskAfterSends();
        }

        var message = Receiver.TryReceive(out var from);
        if (message is not null)
        {
            Taken++;
            from!.HeardAt = HasRemote ? Stopwatch.GetTimestamp() : 0;
            return Role.Take(by, from, message, out arrival);
        }

        arrival = new Arrival(ArrivalKind.Deadline);
        return from?.HasDied == true ? NoteDeath() : Role.TakeNothing(by, out arrival);
    }

    /// <summary>Goes on until what was sent has left; false when the time was over first, or nobody is there to take it.</summary>
    /// <param name="patience">For how long.</param>
    /// <param name="to">The receiver that counts; null for all of them.</param>
    internal bool Flush(TimeSpan patience, MpiPeer? to = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (IsPending(to))
        {
            AskAfterSends();
            if (Stopwatch.GetElapsedTime(start) > patience)
            {
                return false;
            }

            OwnProcess.Yield();
        }

        return true;
    }

    private bool IsPending(MpiPeer? to)
    {
        if (to is null || Post.PendingCount == 0)
        {
            return Post.PendingCount > 0;
        }

        Gate.Enter();
        var pending = Post.IsPendingTo(to);
        Gate.Exit();
        return pending;
    }

    private bool NoteDeath()
    {
        Role.NoteDeath();
        return false;
    }

    private void AskAfterSends()
    {
        Gate.Enter();
        try
        {
            Post.AskAfter(_ring);
        }
        finally
        {
            Gate.Exit();
        }
    }

    /// <summary>Every rank learns where every other is; those of one host share a board.</summary>
    private (MpiPeer?[] Peers, NodeBoard? Board, int Local) Meet()
    {
        var card = HostCard.OfThisProcess();
        Remains?.Describe(ref card);
        var cards = Exchange(card);
        int[] here = [.. Enumerable.Range(0, Size).Where(rank => cards[rank].IsHostOf(card))];
        var local = Array.IndexOf(here, Rank);
        var board = local == 0 ? NodeBoard.Create(here.Length, Rank == 0 && Settings.UsesRings) : null;
        card.Board = board?.Descriptor ?? -1;
        Bell = (Rank == 0 ? here.Length < Size : !cards[0].IsHostOf(card)) ? RemoteBell.TryOpen(Rank) : null;
        Bell?.Describe(ref card);
        cards = Exchange(card);
        if (local > 0 && cards[here[0]].Board >= 0)
        {
            board = NodeBoard.Open(cards[here[0]].ProcessId, cards[here[0]].Board, here.Length);
        }

        board?.AddCores();

        // Who cannot see the board is as good as on another host, for everyone.
        card.Board = board is null ? -1 : 1;
        cards = Exchange(card);
        var peers = new MpiPeer?[Size];
        for (var rank = 0; rank < Size; rank++)
        {
            var seen = board is not null && cards[rank].Board >= 0 ? Array.IndexOf(here, rank) : -1;
            peers[rank] = rank == Rank ? null : MakePeer(rank, cards[rank], seen, local, board, HostOf(cards, rank));
        }

        return (peers, board, local);
    }

    /// <summary>Whether frames of a rank come through the library: the master's and to the master where they have no rings; those of slaves to each other, of which leaders of hosts send some, always.</summary>
    private bool MaySendThroughLibrary(MpiPeer? peer) => peer is not null && (Rank == 0 || peer.Rank == 0 ? peer.Rings is null : !peer.IsLocal);

    private MpiPeer MakePeer(int rank, in HostCard card, int local, int own, NodeBoard? board, int host)
    {
        var ringed = local >= 0 && board!.HasRings && (Rank == 0 || rank == 0);
        var watched = local >= 0 && (Rank == 0 || rank == 0);
        var reads = watched && Rank == 0;
        return new MpiPeer(rank, card, local)
        {
            Host = host,
            Rings = ringed ? board!.RingsOf(Math.Max(local, own), fromFirst: Rank == 0) : null,
            Word = local >= 0 ? board!.WordOf(local) : default,
            Process = watched ? ChildProcess.TryWatch(card.ProcessId) : null,
            Page = reads && MemoryFile.OfProcess(card.ProcessId, card.Page) is { } page ? Slaves.SlavePage.Open(page) : null,
            OutFile = reads ? MemoryFile.OfProcess(card.ProcessId, card.OutFile) : null,
            ErrorFile = reads ? MemoryFile.OfProcess(card.ProcessId, card.ErrorFile) : null,
        };
    }

    private HostCard[] Exchange(HostCard card)
    {
        var all = new HostCard[Size];
        fixed (HostCard* cards = all)
        {
            MpiException.Check(MpiCalls.Allgather(&card, sizeof(HostCard), Abi.Byte, cards, sizeof(HostCard), Abi.Byte, Comm), "MPI_Allgather");
        }

        return all;
    }
}
