using System;
using System.Collections.Generic;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>A file in memory that grows by segments from <paramref name="origin"/> on, and what of it is free. One thread.</summary>
internal sealed class BulkArea(MemoryFile file, long origin) : IDisposable
{
    private const long SmallestSegment = 4L << 20;
    private const long LargestStep = 1L << 30;

    private readonly List<BulkSegment> _segments = [];
    private long _length;

    /// <summary>Bytes of memory that this area may hold in pages.</summary>
    internal long HeldBytes { get; private set; }

    /// <summary>What an extent of so many bytes of data takes up.</summary>
    internal static long ExtentLength(nuint bytes) => checked((long)((bytes + BulkWriter.ExtentHeader + Layout.PageBytes - 1) & ~(nuint)(Layout.PageBytes - 1)));

    /// <summary>The lowest free extent of that length; false when there is none.</summary>
    internal bool TryTake(long length, out BulkExtent extent)
    {
        foreach (var segment in _segments)
        {
            if (segment.TryTake(length, out var offset))
            {
                var fresh = Math.Max(0, offset + length - segment.Used);
                segment.Used += fresh;
                HeldBytes += fresh;
                extent = new BulkExtent(segment, offset, length);
                return true;
            }
        }

        extent = default;
        return false;
    }

    /// <summary>An extent of that length in a new segment.</summary>
    internal BulkExtent Grow(long length)
    {
        var wanted = Math.Max(length, Math.Clamp(_length, SmallestSegment, LargestStep));
        wanted = (wanted + SmallestSegment - 1) & -SmallestSegment;
        file.Grow(origin + _length + wanted);
        _segments.Add(new BulkSegment(file, origin + _length, wanted));
        _length += wanted;
        return TryTake(length, out var extent) ? extent : throw new InvalidOperationException("A new segment holds what it was made for.");
    }

    /// <summary>Gives all pages back to the system. Nothing is in use.</summary>
    internal void ReleasePages()
    {
        if (HeldBytes > 0)
        {
            file.Release(origin, _length);
            HeldBytes = 0;
            _segments.ForEach(segment => segment.Used = 0);
        }
    }

    public void Dispose() => _segments.ForEach(segment => segment.Dispose());
}

/// <summary>A stretch of a segment that was taken: a header, then data.</summary>
internal readonly unsafe record struct BulkExtent(BulkSegment Segment, long Offset, long Length)
{
    private const int Free = 0;

    /// <summary>Whether the receiver has freed it.</summary>
    internal bool IsFreed => System.Threading.Volatile.Read(ref *(int*)(Segment.Address + Offset)) == Free;

    /// <summary>Marks it as in use for so many bytes; the entry tells the receiver where they are. Where to write them.</summary>
    internal byte* Open(nuint bytes, out BlockEntry entry)
    {
        var address = Segment.Address + Offset;
        *(ulong*)(address + 8) = bytes;
        System.Threading.Volatile.Write(ref *(int*)address, BulkWriter.InUse);
        entry = new BlockEntry { ByteCount = bytes, Segment = Segment.Start, SegmentLength = Segment.Length, Offset = Offset };
        return address + BulkWriter.ExtentHeader;
    }

    /// <summary>Gives it back to its area.</summary>
    internal void Return()
    {
        System.Threading.Volatile.Write(ref *(int*)(Segment.Address + Offset), Free);
        Segment.Return(Offset, Length);
    }
}
