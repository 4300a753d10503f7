using System.Threading;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Interop.MpiNet;

/// <summary>The calls that the fabric makes, by way of MPI.NET.</summary>
internal abstract unsafe class MpiNetBinding(MpiNetAssembly assembly)
{
    /// <summary>MS-MPI's status, which is MPICH's.</summary>
    internal const int StatusBytes = 20;

    private static MpiNetBinding? _bound;

    /// <summary>The binding of this process; null for our own. It does not change once MPI has begun.</summary>
    internal static MpiNetBinding? Bound => Volatile.Read(ref _bound);

    /// <summary>MPI.NET's version.</summary>
    internal string Version => assembly.Version;

    /// <summary>Has MPI.NET call a library, and the fabric call MPI.NET.</summary>
    /// <exception cref="FabricUnavailableException">The library is none that it fits.</exception>
    internal void ConnectTo(MpiLibrary library)
    {
        MpiNetChoice.RefuseUnfit(library.Abi.Family, $"{library.Version} ({library.Path})");
        assembly.ConnectTo(library);
        Volatile.Write(ref _bound, this);
    }

    /// <summary>Begins MPI.</summary>
    /// <exception cref="FabricUnavailableException">It cannot, or it began another library than ours.</exception>
    internal void Begin(MpiLibrary library, Threading wanted)
    {
        assembly.Begin(wanted);
        MpiException.Check(MpiNative.MPI_Initialized(out var begun), "MPI_Initialized");
        if (begun == 0)
        {
            throw new FabricUnavailableException("mpi", $"mpi.binding=mpinet: MPI.NET began MPI in another library than {library.Path}: the program resolves {MpiNetAssembly.Import} itself; have it resolve to that file, or name its own with {MpiLibraryChoice.Variable}.");
        }
    }

    internal abstract int Rank(nint comm, out int rank);

    internal abstract int Size(nint comm, out int size);

    internal abstract int Duplicate(nint comm, nint* copy);

    internal abstract int Allgather(void* send, int sendCount, nint sendType, void* receive, int receiveCount, nint receiveType, nint comm);

    internal abstract int Send(void* buffer, int count, nint type, int destination, int tag, nint comm, nint* request);

    internal abstract int BeginReceive(void* buffer, int count, nint type, int source, int tag, nint comm, nint* request);

    internal abstract int Count(RawStatus* status, nint type, out int count);

    internal abstract int Test(nint* request, int* flag, RawStatus* status);

    internal abstract int Abort(nint comm, int code);

    internal abstract int End();
}
