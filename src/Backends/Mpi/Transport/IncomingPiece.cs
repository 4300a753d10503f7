using System.Runtime.InteropServices;
using HpcRuntime.Backends.Mpi.Interop;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>How a receipt stands.</summary>
internal enum Receipt
{
    /// <summary>It goes on.</summary>
    Pending,

    /// <summary>All of it is here.</summary>
    Whole,

    /// <summary>It ended, and not all is here: its sender is gone.</summary>
    Broken,
}

/// <summary>A piece that is being received, whose length both ends know, and the sum over it. Under the gate.</summary>
internal sealed unsafe class IncomingPiece
{
    private readonly byte* _start;
    private readonly nuint _bytes;
    private readonly nint _request;
    private readonly nint _sumRequest;
    private ulong* _sum; // Left where it is when the receipt is broken: the library may still write there.
    private bool _isHere;

    private IncomingPiece(byte* start, nuint bytes, nint request, nint sumRequest, ulong* sum)
    {
        _start = start;
        _bytes = bytes;
        _request = request;
        _sumRequest = sumRequest;
        _sum = sum;
    }

    /// <summary>Begins to receive.</summary>
    /// <param name="from">The sender.</param>
    /// <param name="tag">The tag of both.</param>
    /// <param name="start">Memory that stays where it is.</param>
    /// <param name="bytes">How many.</param>
    /// <param name="comm">The communicator.</param>
    /// <param name="abi">The library's.</param>
    /// <param name="code">What the library says; there is no piece unless it is 0.</param>
    internal static IncomingPiece? Begin(MpiPeer from, int tag, byte* start, nuint bytes, nint comm, MpiAbi abi, out int code)
    {
        nint request = 0, sumRequest = 0;
        code = MpiCalls.BeginReceive(start, (int)bytes, abi.Byte, from.Rank, tag, comm, &request);
        if (code != 0)
        {
            return null;
        }

        var sum = (ulong*)NativeMemory.AllocZeroed(PieceSum.Bytes);
        code = MpiCalls.BeginReceive(sum, PieceSum.Bytes, abi.Byte, from.Rank, tag, comm, &sumRequest);
        return code == 0 ? new IncomingPiece(start, bytes, request, sumRequest, sum) : null;
    }

    /// <summary>Asks how it stands.</summary>
    internal Receipt Test(MpiAbi abi)
    {
        if (!_isHere)
        {
            var receipt = Test(_request, _bytes, abi);
            if (receipt != Receipt.Whole)
            {
                return receipt;
            }

            _isHere = true;
        }

        var sum = Test(_sumRequest, PieceSum.Bytes, abi);
        if (sum != Receipt.Whole)
        {
            return sum;
        }

        var isRight = *_sum == PieceSum.Of(_start, _bytes);
        NativeMemory.Free(_sum);
        _sum = null;
        return isRight ? Receipt.Whole : Receipt.Broken;
    }

    /// <remarks>A receipt may end without an error and without all bytes: UCX takes back some whose sender dies in their midst, and MPICH then says that they were cancelled.</remarks>
    private static Receipt Test(nint request, nuint bytes, MpiAbi abi)
    {
        RawStatus status;
        int flag;
        if (MpiCalls.Test(&request, &flag, &status) != 0)
        {
            return Receipt.Broken;
        }

        if (flag == 0)
        {
            return Receipt.Pending;
        }

        return MpiCalls.Count(&status, abi.Byte, out var count) == 0 && count == (int)bytes && MpiCalls.Cancelled(&status, out var cancelled) == 0 && cancelled == 0
            ? Receipt.Whole
            : Receipt.Broken;
    }
}
