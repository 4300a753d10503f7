using System;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <content>What all ranks of the communicator do together. Each waits for the others, and for ever for one that was lost.</content>
public sealed unsafe partial class Intracommunicator
{
    /// <summary>Waits until every rank has come here.</summary>
    public void Barrier() => MpiException.Check(MpiNative.MPI_Barrier(_handle), "MPI_Barrier");

    /// <summary>Gives every rank the root's value.</summary>
    public void Broadcast<T>(ref T value, int root)
        where T : unmanaged => Broadcast(new Span<T>(ref value), root);

    /// <summary>Gives every rank the root's values; as many on each.</summary>
    public void Broadcast<T>(Span<T> values, int root)
        where T : unmanaged
    {
        fixed (T* start = values)
        {
            MpiException.Check(MpiNative.MPI_Bcast(start, BytesOf<T>(values.Length), MpiLibrary.Require().Abi.Byte, root, _handle), "MPI_Bcast");
        }
    }

    /// <summary>Every rank's value, by rank, on the root; null elsewhere.</summary>
    public T[]? Gather<T>(T value, int root)
        where T : unmanaged
    {
        var all = Rank == root ? new T[Size] : null;
        var type = MpiLibrary.Require().Abi.Byte;
        fixed (T* start = all)
        {
            MpiException.Check(MpiNative.MPI_Gather(&value, sizeof(T), type, start, sizeof(T), type, root, _handle), "MPI_Gather");
        }

        return all;
    }

    /// <summary>Every rank's value, by rank, on each.</summary>
    public T[] Allgather<T>(T value)
        where T : unmanaged
    {
        var all = new T[Size];
        var type = MpiLibrary.Require().Abi.Byte;
        fixed (T* start = all)
        {
            MpiException.Check(MpiNative.MPI_Allgather(&value, sizeof(T), type, start, sizeof(T), type, _handle), "MPI_Allgather");
        }

        return all;
    }

    /// <summary>The sum, the least or the largest of every rank's value, on each. The type is int, long or double.</summary>
    public T Allreduce<T>(T value, Operation operation)
        where T : unmanaged
    {
        var abi = MpiLibrary.Require().Abi;
        var type = typeof(T) == typeof(int) ? abi.Int32 : typeof(T) == typeof(long) ? abi.Int64 : typeof(T) == typeof(double) ? abi.Double
            : throw new ArgumentException($"Allreduce knows int, long and double; {typeof(T).Name} is none of them.");
        var handle = operation switch { Operation.Sum => abi.Sum, Operation.Min => abi.Min, _ => abi.Max };
        T result;
        MpiException.Check(MpiNative.MPI_Allreduce(&value, &result, 1, type, handle, _handle), "MPI_Allreduce");
        return result;
    }
}

/// <summary>How <see cref="Intracommunicator.Allreduce"/> puts values together.</summary>
public enum Operation
{
    /// <summary>Added up.</summary>
    Sum,

    /// <summary>The least.</summary>
    Min,

    /// <summary>The largest.</summary>
    Max,
}
