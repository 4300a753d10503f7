using System.Runtime.CompilerServices;
using HpcRuntime.Backends.Mpi.Interop.MpiNet;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>The calls that the fabric makes, by the binding that its options chose: our own, or MPI.NET's. That is settled for the process before the first of them;
/// once a caller is compiled for speed, the choice is a constant, and our own call is the import itself.</summary>
internal static unsafe class MpiCalls
{
    private static readonly MpiNetBinding? Net;

    // Written out, so that the choice is read at the first call and no earlier: until the world opens, nothing is chosen.
    static MpiCalls() => Net = MpiNetBinding.Bound;

    internal static int Rank(nint comm, out int rank) => Net is { } net ? net.Rank(comm, out rank) : MpiNative.MPI_Comm_rank(comm, out rank);

    internal static int Size(nint comm, out int size) => Net is { } net ? net.Size(comm, out size) : MpiNative.MPI_Comm_size(comm, out size);

    internal static int Duplicate(nint comm, nint* copy) => Net is { } net ? net.Duplicate(comm, copy) : MpiNative.MPI_Comm_dup(comm, copy);

    internal static int Allgather(void* send, int sendCount, nint sendType, void* receive, int receiveCount, nint receiveType, nint comm) => Net is { } net
        ? net.Allgather(send, sendCount, sendType, receive, receiveCount, receiveType, comm)
        : MpiNative.MPI_Allgather(send, sendCount, sendType, receive, receiveCount, receiveType, comm);

    /// <summary>Begins to send.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Send(void* buffer, int count, nint type, int destination, int tag, nint comm, nint* request) => Net is { } net
        ? net.Send(buffer, count, type, destination, tag, comm, request)
        : MpiNative.MPI_Isend(buffer, count, type, destination, tag, comm, request);

    /// <summary>Begins to receive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int BeginReceive(void* buffer, int count, nint type, int source, int tag, nint comm, nint* request) => Net is { } net
        ? net.BeginReceive(buffer, count, type, source, tag, comm, request)
        : MpiNative.MPI_Irecv(buffer, count, type, source, tag, comm, request);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Count(RawStatus* status, nint type, out int count) => Net is { } net ? net.Count(status, type, out count) : MpiNative.MPI_Get_count(status, type, out count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Test(nint* request, int* flag, RawStatus* status) => Net is { } net ? net.Test(request, flag, status) : MpiNative.MPI_Test(request, flag, status);

    /// <summary>Whether a receipt was taken back. MPI.NET has no such call, and is of MPICH, whose own is there too.</summary>
    internal static int Cancelled(RawStatus* status, out int flag) => MpiNative.MPI_Test_cancelled(status, out flag);

    internal static int Abort(nint comm, int code) => Net is { } net ? net.Abort(comm, code) : MpiNative.MPI_Abort(comm, code);

    /// <summary>Ends MPI.</summary>
    internal static int End() => Net is { } net ? net.End() : MpiNative.MPI_Finalize();
}
