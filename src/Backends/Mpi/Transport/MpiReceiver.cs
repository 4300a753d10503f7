using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What this rank receives: frames from the rings of its host and, through the library, from whoever else sends, into a message that is always ready for the next one;
/// and what follows them, each from its sender under its own tag. A receipt that has begun before its message comes spares the library to put it aside. MPI is called under the gate.</summary>
internal sealed unsafe class MpiReceiver(MpiAbi abi, nint comm, MpiGate gate, TimeSpan? heartbeat, Func<int, MpiPeer> peerOf, Action<MpiPeer> ring)
{
    /// <summary>A look asks the library so often: to ask again costs less than to come back.</summary>
    private const int TestsALook = 3;

    /// <summary>Where some ranks have no rings, so many looks in a row at most find something in the rings and do not ask the library.</summary>
    private const int LooksIntoRings = 16;

    /// <summary>Where all have rings, one look of so many asks the library all the same: what it has begun for others moves only inside its calls.</summary>
    private const int LooksWithoutLibrary = 256;

    private const int PoolSize = 64;

    /// <summary>Tests for what a sender had sent before it died: the first may only start what brings it up.</summary>
    private const int TestsAfterDeath = 64;

    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(1);

    private readonly Lock _poolGate = new();
    private MpiMessage? _pool;
    private int _pooled;
    private MpiPeer[] _ringed = [];
    private int _nextRinged;    // The poller's, as the next two.
    private int _untilLibraryFirst = LooksIntoRings;
    private int _untilLibrary;
    private MpiMessage? _ready; // Under the gate, as its request is; null before the library is first asked and after it was last.
    private nint _request;
    private bool _isClosed;

    /// <summary>Whether frames come through the library: from ranks without rings.</summary>
    internal bool UsesLibrary { get; private set; } = true;

    /// <summary>Looks that take some ten microseconds: a few round trips between cores that are both running.</summary>
    internal int LooksBeforeYielding => UsesLibrary ? 48 : Math.Max(16, 200 / Math.Max(1, _ringed.Length));

    /// <summary>Says where frames come from, before the first look.</summary>
    /// <param name="ringed">Those whose rings are looked into.</param>
    /// <param name="usesLibrary">Whether others send frames.</param>
    internal void Expect(MpiPeer[] ringed, bool usesLibrary) => (_ringed, UsesLibrary) = (ringed, usesLibrary);

    /// <summary>One look: the next frame, if there is one.</summary>
    /// <param name="from">Its sender.</param>
    /// <returns>Null when there is none, or its sender was lost before all of it was here.</returns>
    internal MpiMessage? TryReceive(out MpiPeer? from)
    {
        // Nobody is kept waiting by another who sends without end: the library has its turn, and in the rings one comes after the other.
        if (UsesLibrary && --_untilLibraryFirst == 0)
        {
            _untilLibraryFirst = LooksIntoRings;
            if (TryReceiveFromLibrary(out from) is { } early)
            {
                return early;
            }

            if (from is not null)
            {
                return null;
            }
        }

        for (var left = _ringed.Length; left > 0; left--)
        {
            from = _ringed[_nextRinged];
            _nextRinged = _nextRinged + 1 < _ringed.Length ? _nextRinged + 1 : 0;
            if (!from.IsCut && TryReceive(from, out var message))
            {
                return message;
            }
        }

        if (UsesLibrary || --_untilLibrary < 0)
        {
            _untilLibrary = LooksWithoutLibrary;
            return TryReceiveFromLibrary(out from);
        }

        from = null;
        return null;
    }

    /// <summary>Has the next look that finds nothing in the rings ask the library. The poller.</summary>
    internal void AskSoon() => _untilLibrary = 0;

    /// <summary>Looks into a ring. True when there was something, which is null where it was no frame.</summary>
    private bool TryReceive(MpiPeer from, out MpiMessage? message)
    {
        message = null;
        var rings = from.Rings!;
        try
        {
            var frame = rings.TryRead();
            if (frame.IsEmpty)
            {
                return false;
            }

            if (frame.Length <= MpiFrame.MostAtOnce)
            {
                message = Take();
                frame.CopyTo(new Span<byte>(message.Room(MpiFrame.MostAtOnce), MpiFrame.MostAtOnce));
                var length = frame.Length;
                if (rings.Release())
                {
                    ring(from);
                }

                message = Opened(message, from, length);
                return true;
            }
        }
        catch (CorruptFrameException)
        {
            // As a frame that is too long: cut off below.
        }

        Cut(from);
        return true;
    }

    private MpiMessage? TryReceiveFromLibrary(out MpiPeer? from)
    {
        // Nothing in between throws, so there is no try: inside of one, each call of the library would go through a stub and cost a look for the thread.
        from = null;
        int flag = 0, bytes = 0;
        RawStatus status;
        gate.Enter();
        var message = _ready;
        var request = _request;
        var call = "MPI_Test";
        var code = 0;
        for (var tests = message is null ? 0 : TestsALook; tests > 0 && flag == 0 && code == 0; tests--)
        {
            code = MpiCalls.Test(&request, &flag, &status);
        }

        if (code == 0 && flag == 0 && message is not null)
        {
            gate.Exit();
            return null;
        }

        if (code == 0 && flag != 0)
        {
            call = "MPI_Get_count";
            code = MpiCalls.Count(&status, abi.Byte, out bytes);
        }

        if (code == 0)
        {
            call = "MPI_Irecv";
            code = BeginNext();
        }

        if (code != 0)
        {
            // Neither receipt can be trusted, nor tested again.
            (_isClosed, _ready) = (true, null);
            _ = GCHandle.Alloc(message);
        }

        gate.Exit();
        MpiException.Check(code, call);
        if (message is null)
        {
            return null;
        }

        from = peerOf(status.Word(abi.Status.Source));
        if (from.IsCut)
        {
            message.Dispose();
            return null;
        }

        return Opened(message, from, bytes);
    }

    /// <summary>Takes back the receipt that waits for the next frame, before MPI ends; what comes now is not received.</summary>
    internal void Close()
    {
        gate.Enter();
        _isClosed = true;
        if (_ready is not null)
        {
            var request = _request;
            RawStatus status;
            int flag = 0;
            var start = Stopwatch.GetTimestamp();
            _ = MpiNative.MPI_Cancel(&request);
            while (MpiNative.MPI_Test(&request, &flag, &status) == 0 && flag == 0 && Stopwatch.GetElapsedTime(start) < CancelPatience)
            {
                OwnProcess.Yield(); // The standard promises an end; some releases of MPICH have not kept that.
            }

            if (flag == 0)
            {
                _ = GCHandle.Alloc(_ready); // For good: the library may still write there.
            }

            _ready = null;
        }

        gate.Exit();
    }

    /// <summary>Receives a block into memory that does not move meanwhile; false when its sender was lost.</summary>
    internal bool ReceivePieces(MpiPeer from, int tag, byte* start, nuint length)
    {
        // Two at a time: while one is copied, the other is matched.
        IncomingPiece? first = null, second = null;
        nuint begun = 0;
        while (begun < length || first is not null)
        {
            first ??= BeginPiece(from, tag, start, length, ref begun);
            if (begun < length)
            {
                second ??= BeginPiece(from, tag, start, length, ref begun);
            }

            if (!Await(from, first))
            {
                return false;
            }

            (first, second) = (second, null);
        }

        return true;
    }

    /// <summary>Receives a block that nobody wants.</summary>
    internal void DropPieces(MpiPeer from, int tag, nuint length)
    {
        for (nuint at = 0; at < length && !from.HasDied;)
        {
            var bytes = Math.Min(length - at, (nuint)from.PieceBytes);
            var scratch = (byte*)NativeMemory.Alloc(bytes);
            nuint begun = 0;
            if (!Await(from, BeginPiece(from, tag, scratch, bytes, ref begun)))
            {
                return; // The library may still write there.
            }

            NativeMemory.Free(scratch);
            at += bytes;
        }
    }

    internal void Return(MpiMessage message)
    {
        lock (_poolGate)
        {
            if (_pooled < PoolSize)
            {
                message.Next = _pool;
                _pool = message;
                _pooled++;
            }
        }
    }

    private MpiMessage Take()
    {
        lock (_poolGate)
        {
            if (_pool is { } message)
            {
                _pool = message.Next;
                message.Next = null;
                _pooled--;
                return message;
            }
        }

        return new MpiMessage(this);
    }

    /// <summary>Begins to receive the next frame, whose memory is kept in place by its message.</summary>
    private int BeginNext()
    {
        if (_isClosed)
        {
            _ready = null;
            return 0;
        }

        _ready = Take();
        nint request = 0;
        var code = MpiCalls.BeginReceive(_ready.Room(MpiFrame.MostAtOnce), MpiFrame.MostAtOnce, abi.Byte, abi.AnySource, MpiFrame.Tag, comm, &request);
        _request = request;
        return code;
    }

    /// <summary>The frame as it came, or the long one that it announces.</summary>
    private MpiMessage? Opened(MpiMessage message, MpiPeer from, int bytes)
    {
        if (message.Open(from, bytes) && message.Frame is { Kind: not MpiFrameKind.Long } or { Spread: > MpiFrame.MostAtOnce and <= int.MaxValue })
        {
            return message.Frame.Kind == MpiFrameKind.Long ? ReceiveLong(message, from) : message;
        }

        Cut(from);
        return null;
    }

    /// <summary>What a rank sends cannot be read: it is lost, whatever became of it.</summary>
    private static void Cut(MpiPeer from)
    {
        from.IsCut = true;
        if (!from.HasDied)
        {
            from.HasDied = true;
            from.KilledBecause ??= "sent what cannot be a message";
        }
    }

    private MpiMessage? ReceiveLong(MpiMessage message, MpiPeer from)
    {
        var bytes = (int)message.Frame.Spread;
        if (ReceivePieces(from, MpiFrame.LongTag, message.Room(bytes), (nuint)bytes))
        {
            return Opened(message, from, bytes);
        }

        _ = GCHandle.Alloc(message); // For good: the library may still write there.
        from.IsCut = true;
        return null;
    }

    private IncomingPiece BeginPiece(MpiPeer from, int tag, byte* start, nuint length, ref nuint begun)
    {
        var bytes = Math.Min(length - begun, (nuint)from.PieceBytes);
        gate.Enter();
        try
        {
            var piece = IncomingPiece.Begin(from, tag, start + begun, bytes, comm, abi, out var code);
            MpiException.Check(code, "MPI_Irecv");
            begun += bytes;
            return piece!;
        }
        finally
        {
            gate.Exit();
        }
    }

    /// <summary>Waits for the end of a receipt; false when its sender is gone. A sender that sleeps is rung, for it may have to move the bytes itself.</summary>
    private bool Await(MpiPeer from, IncomingPiece piece)
    {
        var silence = new Silence(from, heartbeat);
        var left = TestsAfterDeath;
        for (var looks = 0; ; looks++)
        {
            gate.Enter();
            var receipt = piece.Test(abi);
            gate.Exit();
            if (receipt != Receipt.Pending)
            {
                from.HasDied |= receipt == Receipt.Broken;
                return receipt == Receipt.Whole;
            }

            if (from.HasDied)
            {
                if (--left == 0)
                {
                    return false;
                }
            }
            else if ((looks & 63) == 63)
            {
                ring(from);
                OwnProcess.Yield();
                if (!from.IsLocal && silence.IsTooLong())
                {
                    return false;
                }
            }
            else
            {
                Pause.Once();
            }
        }
    }
}
