using System;
using System.Text;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>MPI in this process, from its beginning to its end; for programs that use MPI itself, also beside the mpi fabric. Under its name MPI.NET has it as <c>MPI.Environment</c>.</summary>
public sealed class MpiEnvironment : IDisposable
{
    private readonly MpiStart _start;
    private bool _disposed;

    /// <summary>Begins MPI unless it has begun. Made on the main thread, before the mpi fabric if there is one.</summary>
    /// <param name="threading">What is asked for; <see cref="Threading"/> says what was granted.</param>
    /// <param name="library">A family (<c>mpich</c>, <c>openmpi</c>, <c>abi</c>), a library file or the folder of an installation;
    /// null for HPCRUNTIME_MPI, else the launcher's, else what is installed.</param>
    /// <exception cref="FabricUnavailableException">There is no library, or it does not belong to the launcher.</exception>
    public MpiEnvironment(Threading threading = Threading.Serialized, string? library = null)
        => _start = MpiStart.Begin(MpiLibrary.Load(library, Environment.GetEnvironmentVariable), Environment.GetEnvironmentVariable, threading);

    /// <summary>Whether MPI has begun in this process.</summary>
    public static bool Initialized
    {
        get
        {
            if (MpiLibrary.Loaded is null)
            {
                return false;
            }

            MpiException.Check(MpiNative.MPI_Initialized(out var flag), "MPI_Initialized");
            return flag != 0;
        }
    }

    /// <summary>Whether MPI has ended in this process.</summary>
    public static bool Finalized
    {
        get
        {
            if (MpiLibrary.Loaded is null)
            {
                return false;
            }

            MpiException.Check(MpiNative.MPI_Finalized(out var flag), "MPI_Finalized");
            return flag != 0;
        }
    }

    /// <summary>From how many threads MPI may be called.</summary>
    public Threading Threading => _start.Threading;

    /// <summary>What the library calls itself.</summary>
    public string LibraryVersion => _start.Library.Version;

    /// <summary>The file of the library.</summary>
    public string LibraryPath => _start.Library.Path;

    /// <summary>The name that the library gives this host.</summary>
    public static unsafe string ProcessorName
    {
        get
        {
            const int Room = 1024; // The longest that any family writes is 256.
            var text = stackalloc byte[Room];
            MpiException.Check(MpiNative.MPI_Get_processor_name(text, out var length), "MPI_Get_processor_name");
            return Encoding.UTF8.GetString(text, length);
        }
    }

    /// <summary>Seconds since some moment in the past.</summary>
    public static double Time => MpiNative.MPI_Wtime();

    /// <summary>Ends all ranks at once.</summary>
    public static void Abort(int errorCode) => MpiException.Check(MpiNative.MPI_Abort(MpiLibrary.Require().Abi.CommWorld, errorCode), "MPI_Abort");

    /// <summary>Ends MPI if this object began it. Every rank does, and none before it has received what was sent to it.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (_start.IsOurs && !Finalized)
        {
            MpiException.Check(MpiNative.MPI_Finalize(), "MPI_Finalize");
        }
    }
}
