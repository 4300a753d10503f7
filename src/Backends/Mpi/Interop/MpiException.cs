using System.Text;
using HpcRuntime.Primitives;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>A call of the MPI library failed. The message names the call and holds the library's own words.</summary>
public sealed class MpiException : HpcRuntimeException
{
    private MpiException(string call, int code, int errorClass, string words) : base($"{call} failed: {words} (error class {errorClass}).")
    {
        Code = code;
        ErrorClass = errorClass;
    }

    /// <summary>The code that the call returned.</summary>
    public int Code { get; }

    /// <summary>The class of that code, as the library numbers them.</summary>
    public int ErrorClass { get; }

    internal static unsafe MpiException For(string call, int code)
    {
        const int Room = 1024; // The longest that any family writes is 512.
        var text = stackalloc byte[Room];
        var words = MpiNative.MPI_Error_string(code, text, out var length) == 0 ? Encoding.UTF8.GetString(text, length) : "no description";
        return new MpiException(call, code, MpiNative.MPI_Error_class(code, out var errorClass) == 0 ? errorClass : code, words.TrimEnd('.', '\n'));
    }

    /// <summary>Throws unless the call returned MPI_SUCCESS.</summary>
    internal static void Check(int code, string call)
    {
        if (code != 0)
        {
            throw For(call, code);
        }
    }
}
