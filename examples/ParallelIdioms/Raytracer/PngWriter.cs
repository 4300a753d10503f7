using System;
using System.Buffers.Binary;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace HpcRuntime.Examples.ParallelIdioms.Raytracer;

/// <summary>Writes a picture of 8-bit red, green and blue as PNG (ISO/IEC 15948), line by line, so that no more than a line is held.</summary>
internal sealed class PngWriter : IDisposable
{
    private const int ChunkSize = 1 << 16;
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
    private readonly Stream _file;
    private readonly MemoryStream _packed = new();
    private readonly ZLibStream _packer;
    private readonly int _height;
    private byte[] _above;
    private int _lines;

    /// <summary>Writes the head.</summary>
    /// <param name="file">Takes the bytes; it is not closed.</param>
    /// <param name="width">Pixels in a line.</param>
    /// <param name="height">Lines that will follow.</param>
    internal PngWriter(Stream file, int width, int height)
    {
        (_file, _height, _above) = (file, height, new byte[3 * width]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        head[8] = 8; // bits for each of three colours, compressed as a zlib stream, filtered line by line, not interlaced
        head[9] = 2;
        file.Write(Signature);
        WriteChunk(file, "IHDR", head);
        _packer = new ZLibStream(_packed, CompressionLevel.Optimal, leaveOpen: true);
    }

    /// <summary>Writes the next line from above.</summary>
    /// <param name="pixels">Red, green and blue of each pixel, from the left.</param>
    internal void WriteLine(byte[] pixels)
    {
        if (pixels.Length != _above.Length || _lines == _height)
        {
            throw new ArgumentException($"Line {_lines} of {_height} has {pixels.Length} bytes instead of {_above.Length}.", nameof(pixels));
        }

        // The difference to the left neighbour or to the one above packs better than the colours; which of them is tried by its size.
        var (left, up) = (new byte[pixels.Length], new byte[pixels.Length]);
        var (leftSize, upSize) = (0L, 0L);
        for (var i = 0; i < pixels.Length; i++)
        {
            leftSize += Math.Abs((int)(sbyte)(left[i] = (byte)(pixels[i] - (i < 3 ? 0 : pixels[i - 3]))));
            upSize += Math.Abs((int)(sbyte)(up[i] = (byte)(pixels[i] - _above[i])));
        }

        var takeUp = upSize < leftSize;
        _packer.WriteByte((byte)(takeUp ? 2 : 1));
        _packer.Write(takeUp ? up : left);
        if (_packed.Length >= ChunkSize)
        {
            WritePacked();
        }

        _above = pixels;
        _lines++;
    }

    /// <summary>Writes the end, where all lines were written.</summary>
    public void Dispose()
    {
        _packer.Dispose();
        if (_lines == _height)
        {
            WritePacked();
            WriteChunk(_file, "IEND", []);
        }
    }

    private void WritePacked()
    {
        WriteChunk(_file, "IDAT", _packed.GetBuffer().AsSpan(0, (int)_packed.Length));
        _packed.SetLength(0);
    }

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        var chunk = new byte[12 + data.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, data.Length);
        Encoding.ASCII.GetBytes(type, chunk.AsSpan(4));
        data.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + data.Length), Crc32.Of(chunk.AsSpan(4, 4 + data.Length)));
        file.Write(chunk);
    }
}
