namespace HpcRuntime.Backends.Mpi.Interop.MpiNet;

/// <summary>Delegates to the calls of one MPI.NET, made once; its own status is in their parameters. Handles are ints there: a zeroed <c>nint</c> takes one in its lower half, as it does from the library itself.</summary>
internal sealed unsafe class MpiNetBinding<TStatus> : MpiNetBinding
    where TStatus : unmanaged
{
    private readonly NumberCall _rank;
    private readonly NumberCall _size;
    private readonly NumberCall _duplicate;
    private readonly GatherCall _allgather;
    private readonly TransferCall _send;
    private readonly TransferCall _beginReceive;
    private readonly CountCall _count;
    private readonly TestCall _test;
    private readonly AbortCall _abort;
    private readonly EndCall _end;

    internal MpiNetBinding(MpiNetAssembly assembly) : base(assembly)
    {
        _rank = assembly.Call<NumberCall>("MPI_Comm_rank");
        _size = assembly.Call<NumberCall>("MPI_Comm_size");
        _duplicate = assembly.Call<NumberCall>("MPI_Comm_dup");
        _allgather = assembly.Call<GatherCall>("MPI_Allgather");
        _send = assembly.Call<TransferCall>("MPI_Isend");
        _beginReceive = assembly.Call<TransferCall>("MPI_Irecv");
        _count = assembly.Call<CountCall>("MPI_Get_count");
        _test = assembly.Call<TestCall>("MPI_Test");
        _abort = assembly.Call<AbortCall>("MPI_Abort");
        _end = assembly.Call<EndCall>("MPI_Finalize");
    }

    private delegate int NumberCall(int comm, out int number);

    private delegate int GatherCall(nint send, int sendCount, int sendType, nint receive, int receiveCount, int receiveType, int comm);

    private delegate int TransferCall(nint buffer, int count, int type, int rank, int tag, int comm, out int request);

    private delegate int CountCall(ref TStatus status, int type, out int count);

    private delegate int TestCall(ref int request, out int flag, out TStatus status);

    private delegate int AbortCall(int comm, int code);

    private delegate int EndCall();

    internal override int Rank(nint comm, out int rank) => _rank((int)comm, out rank);

    internal override int Size(nint comm, out int size) => _size((int)comm, out size);

    internal override int Duplicate(nint comm, nint* copy) => _duplicate((int)comm, out *(int*)copy);

    internal override int Allgather(void* send, int sendCount, nint sendType, void* receive, int receiveCount, nint receiveType, nint comm) =>
        _allgather((nint)send, sendCount, (int)sendType, (nint)receive, receiveCount, (int)receiveType, (int)comm);

    internal override int Send(void* buffer, int count, nint type, int destination, int tag, nint comm, nint* request) =>
        _send((nint)buffer, count, (int)type, destination, tag, (int)comm, out *(int*)request);

    internal override int BeginReceive(void* buffer, int count, nint type, int source, int tag, nint comm, nint* request) =>
        _beginReceive((nint)buffer, count, (int)type, source, tag, (int)comm, out *(int*)request);

    internal override int Count(RawStatus* status, nint type, out int count) => _count(ref *(TStatus*)status, (int)type, out count);

    internal override int Test(nint* request, int* flag, RawStatus* status) => _test(ref *(int*)request, out *flag, out *(TStatus*)status);

    internal override int Abort(nint comm, int code) => _abort((int)comm, code);

    internal override int End() => _end();
}
