using System;
using System.Buffers;
using System.Text;

namespace HpcRuntime.Output;

/// <summary>Bytes first in, first out, in one rented array that exists only while it holds some. Not thread-safe: its owner's lock guards it.</summary>
internal struct ByteQueue
{
    private const int SmallestArray = 256;

    private byte[]? _bytes;
    private int _start;
    private int _end;

    /// <summary>Bytes held.</summary>
    public readonly int Count => _end - _start;

    /// <summary>Appends text as UTF-8, of which at most <paramref name="room"/> bytes are kept. Returns how many bytes all of it has.</summary>
    public int Append(ReadOnlySpan<char> text, long room)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        var written = Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));
        _end += (int)Math.Min(written, room);
        ReleaseWhenEmpty();
        return written;
    }

    /// <summary>Moves the oldest bytes into <paramref name="destination"/>; returns how many.</summary>
    public int Take(Span<byte> destination)
    {
        var count = Math.Min(Count, destination.Length);
        if (count > 0)
        {
            _bytes.AsSpan(_start, count).CopyTo(destination);
            _start += count;
            ReleaseWhenEmpty();
        }

        return count;
    }

    private Span<byte> Reserve(int count)
    {
        var live = Count;
        if (_bytes is null)
        {
            _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(count, SmallestArray));
        }
        else if (_bytes.Length - _end < count)
        {
            if (live <= _bytes.Length / 2 && _bytes.Length - live >= count)
            {
                _bytes.AsSpan(_start, live).CopyTo(_bytes);
            }
            else
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(live + count, _bytes.Length * 2));
                _bytes.AsSpan(_start, live).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(_bytes);
                _bytes = larger;
            }

            _start = 0;
            _end = live;
        }

        return _bytes.AsSpan(_end);
    }

    private void ReleaseWhenEmpty()
    {
        if (_start == _end && _bytes is not null)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = null;
            _start = 0;
            _end = 0;
        }
    }
}
