using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>The calls of MPI, as they are. Which library answers is decided at run time, by <see cref="MpiLibrary"/>.</summary>
[SuppressMessage("Style", "IDE1006", Justification = "The standard's names.")]
internal static unsafe partial class MpiNative
{
    /// <summary>Must not be the name of anything on disk: with "mpi" the system's loader once found another library than the one that was chosen.</summary>
    internal const string Library = "__mpi_runtime__";

    // The resolver has to be there before the first method that calls one of these is compiled.
#pragma warning disable CA2255 // It only stores a delegate.
    [ModuleInitializer]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(MpiNative).Assembly, static (name, _, _) => name == Library ? MpiLibrary.Require().Handle : 0);
#pragma warning restore CA2255

    [LibraryImport(Library)]
    internal static partial int MPI_Initialized(out int flag);

    [LibraryImport(Library)]
    internal static partial int MPI_Finalized(out int flag);

    [LibraryImport(Library)]
    internal static partial int MPI_Init_thread(nint argc, nint argv, int required, out int provided);

    [LibraryImport(Library)]
    internal static partial int MPI_Query_thread(out int provided);

    [LibraryImport(Library)]
    internal static partial int MPI_Finalize();

    [LibraryImport(Library)]
    internal static partial int MPI_Abort(nint comm, int code);

    [LibraryImport(Library)]
    internal static partial int MPI_Get_library_version(byte* text, out int length);

    [LibraryImport(Library)]
    internal static partial int MPI_Get_version(out int version, out int subversion);

    [LibraryImport(Library)]
    internal static partial int MPI_Get_processor_name(byte* text, out int length);

    [LibraryImport(Library)]
    internal static partial double MPI_Wtime();

    [LibraryImport(Library)]
    internal static partial int MPI_Error_class(int code, out int errorClass);

    [LibraryImport(Library)]
    internal static partial int MPI_Error_string(int code, byte* text, out int length);

    [LibraryImport(Library)]
    internal static partial int MPI_Comm_rank(nint comm, out int rank);

    [LibraryImport(Library)]
    internal static partial int MPI_Comm_size(nint comm, out int size);

    [LibraryImport(Library)]
    internal static partial int MPI_Comm_dup(nint comm, nint* copy);

    [LibraryImport(Library)]
    internal static partial int MPI_Comm_split(nint comm, int color, int key, nint* part);

    [LibraryImport(Library)]
    internal static partial int MPI_Comm_free(nint* comm);

    [LibraryImport(Library)]
    internal static partial int MPI_Comm_set_errhandler(nint comm, nint handler);

    [LibraryImport(Library)]
    internal static partial int MPI_Comm_get_attr(nint comm, int key, nint* value, out int flag);

    [LibraryImport(Library)]
    internal static partial int MPI_Send(void* buffer, int count, nint type, int destination, int tag, nint comm);

    [LibraryImport(Library)]
    internal static partial int MPI_Recv(void* buffer, int count, nint type, int source, int tag, nint comm, RawStatus* status);

    [LibraryImport(Library)]
    internal static partial int MPI_Isend(void* buffer, int count, nint type, int destination, int tag, nint comm, nint* request);

    [LibraryImport(Library)]
    internal static partial int MPI_Irecv(void* buffer, int count, nint type, int source, int tag, nint comm, nint* request);

    [LibraryImport(Library)]
    internal static partial int MPI_Probe(int source, int tag, nint comm, RawStatus* status);

    [LibraryImport(Library)]
    internal static partial int MPI_Iprobe(int source, int tag, nint comm, int* flag, RawStatus* status);

    [LibraryImport(Library)]
    internal static partial int MPI_Test(nint* request, int* flag, RawStatus* status);

    [LibraryImport(Library)]
    internal static partial int MPI_Wait(nint* request, RawStatus* status);

    [LibraryImport(Library)]
    internal static partial int MPI_Cancel(nint* request);

    [LibraryImport(Library)]
    [SuppressGCTransition] // As MPI_Get_count.
    internal static partial int MPI_Test_cancelled(RawStatus* status, out int flag);

    [LibraryImport(Library)]
    internal static partial int MPI_Request_free(nint* request);

    [LibraryImport(Library)]
    [SuppressGCTransition] // It looks at the status and no further.
    internal static partial int MPI_Get_count(RawStatus* status, nint type, out int count);

    [LibraryImport(Library)]
    internal static partial int MPI_Barrier(nint comm);

    [LibraryImport(Library)]
    internal static partial int MPI_Bcast(void* buffer, int count, nint type, int root, nint comm);

    [LibraryImport(Library)]
    internal static partial int MPI_Gather(void* send, int sendCount, nint sendType, void* receive, int receiveCount, nint receiveType, int root, nint comm);

    [LibraryImport(Library)]
    internal static partial int MPI_Allgather(void* send, int sendCount, nint sendType, void* receive, int receiveCount, nint receiveType, nint comm);

    [LibraryImport(Library)]
    internal static partial int MPI_Allreduce(void* send, void* receive, int count, nint type, nint operation, nint comm);
}
