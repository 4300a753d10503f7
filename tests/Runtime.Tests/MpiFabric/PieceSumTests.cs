using HpcRuntime.Backends.Mpi.Transport;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>The sum over a piece.</summary>
public sealed unsafe class PieceSumTests
{
    [TestCase(1)]
    [TestCase(7)]
    [TestCase(8)]
    [TestCase(31)]
    [TestCase(32)]
    [TestCase(1003)]
    public void Every_byte_counts(int bytes)
    {
        var piece = new byte[bytes];
        var sum = Of(piece);
        for (var i = 0; i < bytes; i++)
        {
            piece[i] = 1;
            Assert.That(Of(piece), Is.Not.EqualTo(sum), $"byte {i}");
            piece[i] = 0;
        }

        Assert.That(Of(piece), Is.EqualTo(sum));
    }

    private static ulong Of(byte[] piece)
    {
        fixed (byte* start = piece)
        {
            return PieceSum.Of(start, (nuint)piece.Length);
        }
    }
}
