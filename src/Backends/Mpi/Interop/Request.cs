using System;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>A message under way. Its values stay where they are, and as they are, until <see cref="Wait"/> has returned or <see cref="Test"/> has returned a status.</summary>
public sealed unsafe class Request
{
    private GCHandle _values;
    private nint _request;
    private Status? _status;

    private Request(GCHandle values) => _values = values;

    /// <summary>Waits for the end of it. The status is meaningful for a receipt.</summary>
    public Status Wait()
    {
        if (_status is { } known)
        {
            return known;
        }

        RawStatus raw;
        int code;
        fixed (nint* request = &_request)
        {
            code = MpiNative.MPI_Wait(request, &raw);
        }

        return End(code, raw, "MPI_Wait");
    }

    /// <summary>Its status if it has ended; null while it is under way.</summary>
    public Status? Test()
    {
        if (_status is not null)
        {
            return _status;
        }

        RawStatus raw;
        int flag, code;
        fixed (nint* request = &_request)
        {
            code = MpiNative.MPI_Test(request, &flag, &raw);
        }

        return code != 0 || flag != 0 ? End(code, raw, "MPI_Test") : null;
    }

    internal static Request Start<T>(T[] values, Func<nint, int, nint, (int Code, nint Request)> begin, string call)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(values);
        var request = new Request(GCHandle.Alloc(values, GCHandleType.Pinned));
        var (code, handle) = begin(request._values.AddrOfPinnedObject(), Intracommunicator.BytesOf<T>(values.Length), MpiLibrary.Require().Abi.Byte);
        if (code != 0)
        {
            request._values.Free();
            throw MpiException.For(call, code);
        }

        request._request = handle;
        return request;
    }

    private Status End(int code, in RawStatus raw, string call)
    {
        _values.Free();
        MpiException.Check(code, call);
        _status = Status.From(raw);
        return _status.Value;
    }
}
