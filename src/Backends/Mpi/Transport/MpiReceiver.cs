using System;
using System.Threading;
using HpcRuntime.Backends.Mpi.Interop;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What this rank receives: frames from whoever sends, by matched probe; and the pieces of blocks, each from its sender under its own tag. MPI is called under the gate.</summary>
internal sealed unsafe class MpiReceiver(MpiAbi abi, nint comm, MpiGate gate, TimeSpan? heartbeat, Func<int, MpiPeer> peerOf, Action<MpiPeer> ring)
{
    /// <summary>Messages up to this size are there when they are seen; a longer one may still need its sender.</summary>
    private const int SurelyHere = 2048;

    private const int PoolSize = 64;

    private readonly Lock _poolGate = new();
    private MpiMessage? _pool;
    private int _pooled;

    /// <summary>One look: the next frame, if there is one.</summary>
    /// <param name="from">Its sender.</param>
    /// <returns>Null when there is none, or its sender was lost before it was here.</returns>
    internal MpiMessage? TryReceive(out MpiPeer? from)
    {
        // Nothing in between throws, so there is no try: inside of one, each call of the library would go through a stub and cost a look for the thread.
        from = null;
        MpiMessage? small = null;
        int flag, bytes = 0;
        nint handle = 0;
        RawStatus status;
        var call = "MPI_Improbe";
        gate.Enter();
        var code = MpiCalls.Match(abi.AnySource, MpiFrame.Tag, comm, &flag, &handle, &status);
        if (code == 0 && flag == 0)
        {
            gate.Exit();
            return null;
        }

        var source = status.Word(abi.Status.Source);
        if (code == 0)
        {
            call = "MPI_Get_count";
            code = MpiCalls.Count(&status, abi.Byte, out bytes);
        }

        if (code == 0 && bytes <= SurelyHere)
        {
            call = "MPI_Mrecv";
            small = Take();
            code = MpiCalls.ReceiveMatched(small.Room(bytes), bytes, abi.Byte, source, MpiFrame.Tag, comm, &handle, &status);
        }

        gate.Exit();
        MpiException.Check(code, call);
        from = peerOf(source);
        return small is not null ? Opened(small, from, bytes) : ReceiveLarge(from, handle, bytes);
    }

    /// <summary>Receives a block into memory that does not move meanwhile; false when its sender was lost.</summary>
    internal bool ReceivePieces(MpiPeer from, int tag, byte* start, nuint length)
    {
        // Two at a time: while one is copied, the other is matched.
        nint first = 0, second = 0;
        nuint begun = 0;
        while (begun < length || first != 0)
        {
            if (first == 0)
            {
                first = BeginPiece(from, tag, start, length, ref begun);
            }

            if (begun < length && second == 0)
            {
                second = BeginPiece(from, tag, start, length, ref begun);
            }

            if (!Await(from, first))
            {
                return false;
            }

            (first, second) = (second, 0);
        }

        return true;
    }

    /// <summary>Receives a block that nobody wants.</summary>
    internal void DropPieces(MpiPeer from, int tag, nuint length)
    {
        for (nuint at = 0; at < length && !from.HasDied;)
        {
            var bytes = Math.Min(length - at, (nuint)from.PieceBytes);
            var scratch = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc(bytes);
            nuint begun = 0;
            if (!Await(from, BeginPiece(from, tag, scratch, bytes, ref begun)))
            {
                return; // The library may still write there.
            }

            System.Runtime.InteropServices.NativeMemory.Free(scratch);
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

    private static MpiMessage? Opened(MpiMessage message, MpiPeer from, int bytes)
    {
        if (message.Open(from, bytes))
        {
            return message;
        }

        from.HasDied = true; // What it sends cannot be read: it is lost, whatever became of it.
        from.KilledBecause ??= "sent what cannot be a message";
        return null;
    }

    private MpiMessage? ReceiveLarge(MpiPeer from, nint handle, int bytes)
    {
        var message = Take();
        nint request = 0;
        gate.Enter();
        try
        {
            MpiException.Check(MpiCalls.BeginReceiveMatched(message.Room(bytes), bytes, abi.Byte, from.Rank, MpiFrame.Tag, comm, &handle, &request), "MPI_Imrecv");
        }
        finally
        {
            gate.Exit();
        }

        // One whose sender is gone is never used again: the library may still write into it.
        return Await(from, request) ? Opened(message, from, bytes) : null;
    }

    private nint BeginPiece(MpiPeer from, int tag, byte* start, nuint length, ref nuint begun)
    {
        var bytes = Math.Min(length - begun, (nuint)from.PieceBytes);
        nint request = 0;
        gate.Enter();
        try
        {
            MpiException.Check(MpiCalls.BeginReceive(start + begun, (int)bytes, abi.Byte, from.Rank, tag, comm, &request), "MPI_Irecv");
        }
        finally
        {
            gate.Exit();
        }

        begun += bytes;
        return request;
    }

    /// <summary>Waits for the end of a receipt; false when its sender is gone. A sender that sleeps is rung, for it may have to move the bytes itself.</summary>
    private bool Await(MpiPeer from, nint request)
    {
        RawStatus status;
        int flag;
        var silence = new Silence(from, heartbeat);
        for (var looks = 0; ; looks++)
        {
            gate.Enter();
            var code = MpiCalls.Test(&request, &flag, &status);
            gate.Exit();
            if (code != 0)
            {
                from.HasDied = true;
                return false;
            }

            if (flag != 0)
            {
                return true;
            }

            if (from.HasDied)
            {
                return false;
            }

            if ((looks & 63) == 63)
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
