using System;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <content>From rank to rank.</content>
public sealed unsafe partial class Intracommunicator
{
    /// <summary>Sends one value; may wait until it is received.</summary>
    public void Send<T>(T value, int dest, int tag)
        where T : unmanaged => Send(new ReadOnlySpan<T>(in value), dest, tag);

    /// <summary>Sends values; may wait until they are received.</summary>
    public void Send<T>(T[] values, int dest, int tag)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        Send(values.AsSpan(), dest, tag);
    }

    /// <inheritdoc cref="Send{T}(T[],int,int)"/>
    public void Send<T>(ReadOnlySpan<T> values, int dest, int tag)
        where T : unmanaged
    {
        fixed (T* start = values)
        {
            MpiException.Check(MpiNative.MPI_Send(start, BytesOf<T>(values.Length), MpiLibrary.Require().Abi.Byte, dest, tag, _handle), "MPI_Send");
        }
    }

    /// <summary>Receives one value; waits for it.</summary>
    public T Receive<T>(int source, int tag)
        where T : unmanaged
    {
        T value;
        Receive(source, tag, new Span<T>(&value, 1));
        return value;
    }

    /// <summary>Receives values into <paramref name="values"/>; waits for them. The message may be shorter.</summary>
    /// <exception cref="MpiException">The message is longer.</exception>
    public Status Receive<T>(int source, int tag, Span<T> values)
        where T : unmanaged
    {
        RawStatus raw;
        fixed (T* start = values)
        {
            MpiException.Check(MpiNative.MPI_Recv(start, BytesOf<T>(values.Length), MpiLibrary.Require().Abi.Byte, source, tag, _handle, &raw), "MPI_Recv");
        }

        return Status.From(raw);
    }

    /// <inheritdoc cref="Receive{T}(int,int,Span{T})"/>
    public Status Receive<T>(int source, int tag, T[] values)
        where T : unmanaged => Receive(source, tag, values.AsSpan());

    /// <summary>Begins to send values, which stay unchanged until the request has ended.</summary>
    public Request ImmediateSend<T>(T[] values, int dest, int tag)
        where T : unmanaged => Request.Start(values, (start, bytes, type) =>
        {
            nint request = 0;
            return (MpiNative.MPI_Isend((void*)start, bytes, type, dest, tag, _handle, &request), request);
        }, "MPI_Isend");

    /// <summary>Begins to receive into <paramref name="values"/>.</summary>
    public Request ImmediateReceive<T>(int source, int tag, T[] values)
        where T : unmanaged => Request.Start(values, (start, bytes, type) =>
        {
            nint request = 0;
            return (MpiNative.MPI_Irecv((void*)start, bytes, type, source, tag, _handle, &request), request);
        }, "MPI_Irecv");

    /// <summary>Waits for a message and leaves it there.</summary>
    public Status Probe(int source, int tag)
    {
        RawStatus raw;
        MpiException.Check(MpiNative.MPI_Probe(source, tag, _handle, &raw), "MPI_Probe");
        return Status.From(raw);
    }

    /// <summary>Looks for a message and leaves it there; null when there is none.</summary>
    public Status? ImmediateProbe(int source, int tag)
    {
        RawStatus raw;
        int flag;
        MpiException.Check(MpiNative.MPI_Iprobe(source, tag, _handle, &flag, &raw), "MPI_Iprobe");
        return flag != 0 ? Status.From(raw) : null;
    }
}
