using System;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>Ranks that talk to each other; members have the names that MPI.NET gives them. Values travel as the bytes they are: every rank is built alike.
/// Called as <see cref="MpiEnvironment.Threading"/> allows; beside the mpi fabric, inside the fabric's <c>Use</c>.</summary>
public sealed unsafe partial class Intracommunicator : IDisposable
{
    private readonly bool _isOwned;
    private nint _handle;

    private Intracommunicator(nint handle, bool isOwned)
    {
        _handle = handle;
        _isOwned = isOwned;
    }

    /// <summary>All ranks. MPI has begun.</summary>
    public static Intracommunicator World => new(MpiLibrary.Require().Abi.CommWorld, isOwned: false);

    /// <summary>This rank alone.</summary>
    public static Intracommunicator Self => new(MpiLibrary.Require().Abi.CommSelf, isOwned: false);

    /// <summary>For a source: whichever sends.</summary>
    public static int AnySource => MpiLibrary.Require().Abi.AnySource;

    /// <summary>For a tag: whichever comes.</summary>
    public static int AnyTag => MpiLibrary.Require().Abi.AnyTag;

    /// <summary>This process's number in it.</summary>
    public int Rank
    {
        get
        {
            MpiException.Check(MpiNative.MPI_Comm_rank(_handle, out var rank), "MPI_Comm_rank");
            return rank;
        }
    }

    /// <summary>How many ranks.</summary>
    public int Size
    {
        get
        {
            MpiException.Check(MpiNative.MPI_Comm_size(_handle, out var size), "MPI_Comm_size");
            return size;
        }
    }

    /// <summary>The library's own handle.</summary>
    public nint Handle => _handle;

    /// <summary>The communicator behind a handle of the library, which stays its owner's.</summary>
    public static Intracommunicator FromHandle(nint handle) => new(handle, isOwned: false);

    /// <summary>The same ranks, with messages of their own. Called by all of them; disposed by all of them.</summary>
    public Intracommunicator Clone()
    {
        nint copy = 0;
        MpiException.Check(MpiNative.MPI_Comm_dup(_handle, &copy), "MPI_Comm_dup");
        return Owned(copy);
    }

    /// <summary>One communicator for each color, its ranks in the order of <paramref name="key"/>. Called by all; null for a negative color.</summary>
    public Intracommunicator? Split(int color, int key)
    {
        var abi = MpiLibrary.Require().Abi;
        nint part = 0;
        MpiException.Check(MpiNative.MPI_Comm_split(_handle, color < 0 ? MpiAbi.Undefined : color, key, &part), "MPI_Comm_split");
        return part == abi.CommNull ? null : Owned(part);
    }

    /// <summary>Ends all its ranks at once.</summary>
    public void Abort(int errorCode) => MpiException.Check(MpiNative.MPI_Abort(_handle, errorCode), "MPI_Abort");

    /// <summary>Gives a clone or a part back; called by all its ranks. World and self stay.</summary>
    public void Dispose()
    {
        if (!_isOwned || _handle == 0 || MpiEnvironment.Finalized)
        {
            return;
        }

        fixed (nint* handle = &_handle)
        {
            MpiException.Check(MpiNative.MPI_Comm_free(handle), "MPI_Comm_free");
        }

        _handle = 0;
    }

    /// <exception cref="ArgumentException">MPI counts in ints.</exception>
    internal static int BytesOf<T>(int count)
        where T : unmanaged
    {
        var bytes = (long)count * Unsafe.SizeOf<T>();
        return bytes <= int.MaxValue ? (int)bytes : throw new ArgumentException($"{count} values of {typeof(T).Name} are {bytes} bytes; one message holds {int.MaxValue} at most. Send them in pieces.");
    }

    private static Intracommunicator Owned(nint handle)
    {
        MpiException.Check(MpiNative.MPI_Comm_set_errhandler(handle, MpiLibrary.Require().Abi.ErrorsReturn), "MPI_Comm_set_errhandler");
        return new Intracommunicator(handle, isOwned: true);
    }
}
