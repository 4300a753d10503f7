using System.Numerics;
using System.Runtime.CompilerServices;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What follows each piece: a sum over it. MPICH 4.0 over UCX reports a receipt whose sender died in its midst as one that ended well, with all its bytes, and none of them need be there.</summary>
internal static unsafe class PieceSum
{
    /// <summary>Bytes of a sum.</summary>
    internal const int Bytes = sizeof(ulong);

    private const int Lanes = 4;

    /// <summary>The sum: CRC-32C by the processor's own instruction, in four lanes side by side, some 30 GB/s.</summary>
    /// <remarks>Compiled in full at its first call: code made ahead of time, and that of the first compilations, calls a function for each eight bytes.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static ulong Of(byte* start, nuint bytes)
    {
        uint a = 1, b = 2, c = 3, d = 4;
        var words = (ulong*)start;
        var whole = bytes / sizeof(ulong);
        nuint i = 0;
        for (; i + Lanes <= whole; i += Lanes)
        {
            a = BitOperations.Crc32C(a, words[i]);
            b = BitOperations.Crc32C(b, words[i + 1]);
            c = BitOperations.Crc32C(c, words[i + 2]);
            d = BitOperations.Crc32C(d, words[i + 3]);
        }

        for (; i < whole; i++)
        {
            a = BitOperations.Crc32C(a, words[i]);
        }

        for (var at = whole * sizeof(ulong); at < bytes; at++)
        {
            a = BitOperations.Crc32C(a, start[at]);
        }

        return ((ulong)BitOperations.Crc32C(a, ((ulong)b << 32) | c) << 32) | BitOperations.Crc32C(d, (ulong)a);
    }
}
