using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>The sender's bulk area of one direction: a file in memory that grows by segments, and extents in it that the receiver frees by a word at their start.
/// Extents are used again, lowest first, because pages that were written before cost a third of fresh ones. One thread.</summary>
internal sealed unsafe class BulkWriter(MemoryFile file, MasterSegment master, ParkWord receiver) : IDisposable
{
    /// <summary>Before the data of an extent: the word that says whether it is in use, and its byte count. One line, so that copies are aligned.</summary>
    internal const int ExtentHeader = 64;

    internal const int InUse = 0x55;
    private const int Free = 0;

    private const long SmallestSegment = 4L << 20;
    private const long LargestStep = 1L << 30;
    private const int LooksPerStore = 64;

    /// <summary>What is copied in about the time that a sleeping receiver needs to wake up.</summary>
    private const nuint CopiedWhileWaking = 1 << 20;

    private const nuint WorthAnEarlyRing = 256 << 10;

    private readonly List<BulkSegment> _segments = [];
    private readonly List<Extent> _sent = []; // In use by the receiver, as far as is known.
    private long _fileLength;
    private int _nextLook;

    /// <summary>Bytes of memory that this area may hold in pages.</summary>
    internal long HeldBytes { get; private set; }

    /// <summary>How many extents were ever handed out.</summary>
    internal long Reserved { get; private set; }

    /// <summary>Extents that the receiver has not freed, as far as is known.</summary>
    internal int Outstanding => _sent.Count;

    /// <summary>An extent for <paramref name="bytes"/> bytes; its entry tells the receiver where. The caller writes the data before it publishes the entry.</summary>
    internal byte* Reserve(nuint bytes, out BlockEntry entry)
    {
        var length = checked((long)((bytes + ExtentHeader + Layout.PageBytes - 1) & ~(nuint)(Layout.PageBytes - 1)));
        Reclaim(LooksPerStore);
        var extent = Take(length);
        var address = extent.Segment.Address + extent.Offset;
        *(ulong*)(address + 8) = bytes;
        Volatile.Write(ref *(int*)address, InUse);
        _sent.Add(extent);
        Reserved++;
        entry = new BlockEntry { ByteCount = bytes, Segment = extent.Segment.Start, SegmentLength = extent.Segment.Length, Offset = extent.Offset };
        return address + ExtentHeader;
    }

    /// <summary>Copies the elements of an array of any rank into an extent.</summary>
    internal BlockEntry Store(Array array, nuint bytes)
    {
        var address = Reserve(bytes, out var entry);
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(array))
        {
            nuint done = 0;
            if (bytes >= WorthAnEarlyRing && master.HasIdleCore())
            {
                // The receiver wakes up while the rest is copied, and finds the message when it has spun for a moment.
                done = bytes - nuint.Min(bytes, CopiedWhileWaking);
                Buffer.MemoryCopy(start, address, bytes, done);
                receiver.Ring();
            }

            Buffer.MemoryCopy(start + done, address + done, bytes - done, bytes - done);
        }

        return entry;
    }

    /// <summary>Gives all pages back to the system when the receiver has freed every extent; false when it has not.</summary>
    internal bool Trim()
    {
        Reclaim(int.MaxValue);
        if (_sent.Count > 0)
        {
            return false;
        }

        if (HeldBytes > 0)
        {
            file.Release(0, _fileLength);
            HeldBytes = 0;
            foreach (var segment in _segments)
            {
                segment.Used = 0;
            }
        }

        return true;
    }

    public void Dispose() => _segments.ForEach(segment => segment.Dispose());

    private Extent Take(long length)
    {
        if (TryTake(length, out var extent))
        {
            return extent;
        }

        Reclaim(int.MaxValue);
        if (TryTake(length, out extent))
        {
            return extent;
        }

        AddSegment(length);
        return TryTake(length, out extent) ? extent : throw new InvalidOperationException("A new segment holds what it was made for.");
    }

    private bool TryTake(long length, out Extent extent)
    {
        foreach (var segment in _segments)
        {
            if (segment.TryTake(length, out var offset))
            {
                var fresh = Math.Max(0, offset + length - segment.Used);
                segment.Used += fresh;
                HeldBytes += fresh;
                extent = new Extent(segment, offset, length);
                return true;
            }
        }

        extent = default;
        return false;
    }

    private void AddSegment(long length)
    {
        var wanted = Math.Max(length, Math.Clamp(_fileLength, SmallestSegment, LargestStep));
        wanted = (wanted + SmallestSegment - 1) & -SmallestSegment;
        file.Grow(_fileLength + wanted);
        _segments.Add(new BulkSegment(file, _fileLength, wanted));
        _fileLength += wanted;
    }

    /// <summary>Takes back what the receiver has freed, looking at no more than <paramref name="looks"/> extents.</summary>
    private void Reclaim(int looks)
    {
        for (var left = Math.Min(looks, _sent.Count); left > 0; left--)
        {
            if (_nextLook >= _sent.Count)
            {
                _nextLook = 0;
            }

            var extent = _sent[_nextLook];
            if (Volatile.Read(ref *(int*)(extent.Segment.Address + extent.Offset)) != Free)
            {
                _nextLook++;
                continue;
            }

            extent.Segment.Return(extent.Offset, extent.Length);
            _sent[_nextLook] = _sent[^1];
            _sent.RemoveAt(_sent.Count - 1);
        }
    }

    private readonly record struct Extent(BulkSegment Segment, long Offset, long Length);
}
