using System;
using System.Buffers.Binary;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>What a slave is told when a processor takes it.</summary>
/// <param name="Seat">Its rank in that processor.</param>
/// <param name="Size">The processor's highest seat plus one.</param>
internal readonly record struct SlaveOpening(int Seat, int Size)
{
    internal byte[] Write()
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, Seat);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), Size);
        return bytes;
    }

    internal static SlaveOpening Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]));
}
