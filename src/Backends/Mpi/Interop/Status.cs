using System.Runtime.CompilerServices;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>Where a message came from, and how long it is.</summary>
/// <param name="Source">The rank that sent it.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="ByteCount">Its bytes.</param>
public readonly record struct Status(int Source, int Tag, int ByteCount)
{
    /// <summary>How many values of a type it holds.</summary>
    public int Count<T>()
        where T : unmanaged => ByteCount / Unsafe.SizeOf<T>();

    internal static unsafe Status From(in RawStatus raw)
    {
        var abi = MpiLibrary.Require().Abi;
        fixed (RawStatus* status = &raw)
        {
            MpiException.Check(MpiNative.MPI_Get_count(status, abi.Byte, out var count), "MPI_Get_count");
            return new Status(raw.Word(abi.Status.Source), raw.Word(abi.Status.Tag), count);
        }
    }
}
