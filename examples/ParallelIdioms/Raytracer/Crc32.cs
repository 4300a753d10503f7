using System;
using System.Linq;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

/// <summary>The checksum of PNG's chunks: the polynomial 0x04C11DB7, bits reversed, as in annex D of ISO/IEC 15948.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(index => Enumerable.Range(0, 8).Aggregate((uint)index, (crc, _) => (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320))];

    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc = Table[(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }
}
