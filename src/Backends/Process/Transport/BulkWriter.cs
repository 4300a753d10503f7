using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>The sender's bulk area of one direction: a file in memory that grows by segments, and extents in it that the receiver frees by a word at their start.
/// Extents are used again, lowest first, because pages that were written before cost a third of fresh ones. One thread.</summary>
internal sealed unsafe class BulkWriter(MemoryFile file, MasterSegment master, ParkWord receiver) : IDisposable
{
    /// <summary>Before the data of an extent: the word that says whether it is in use, and its byte count. One line, so that copies are aligned.</summary>
    internal const int ExtentHeader = 64;

    internal const int InUse = 0x55;
    private const int LooksPerStore = 64;

    /// <summary>What is copied in about the time that a sleeping receiver needs to wake up.</summary>
    private const nuint CopiedWhileWaking = 1 << 20;

    private const nuint WorthAnEarlyRing = 256 << 10;

    private readonly BulkArea _area = new(file, 0);
    private readonly List<(BulkExtent Extent, SharedCopy? Copy)> _sent = []; // In use by the receiver, as far as is known.
    private int _nextLook;

    /// <summary>Bytes of memory that this area may hold in pages.</summary>
    internal long HeldBytes => _area.HeldBytes;

    /// <summary>How many extents were ever handed out.</summary>
    internal long Reserved { get; private set; }

    /// <summary>Extents that the receiver has not freed, as far as is known.</summary>
    internal int Outstanding => _sent.Count;

    /// <summary>An extent for <paramref name="bytes"/> bytes; its entry tells the receiver where. The caller writes the data before it publishes the entry.</summary>
    internal byte* Reserve(nuint bytes, out BlockEntry entry) => Reserve(bytes, null, out entry);

    /// <summary>Tells the receiver of a copy that it shares with others. The extent that says where it is stands for its use of the copy: freed by the receiver, or gone with it.</summary>
    internal BlockEntry Refer(SharedCopy copy)
    {
        var address = Reserve(BlockEntry.Bytes, copy, out var entry);
        *(BlockEntry*)address = copy.Entry;
        copy.Readers++;
        return entry with { Segment = entry.Segment | BlockEntry.Reference, ByteCount = copy.Entry.ByteCount };
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

        _area.ReleasePages();
        return true;
    }

    /// <summary>Takes back what the receiver has freed, looking at no more than <paramref name="looks"/> extents.</summary>
    internal void Reclaim(int looks)
    {
        for (var left = Math.Min(looks, _sent.Count); left > 0; left--)
        {
            if (_nextLook >= _sent.Count)
            {
                _nextLook = 0;
            }

            var (extent, copy) = _sent[_nextLook];
            if (!extent.IsFreed)
            {
                _nextLook++;
                continue;
            }

            extent.Return();
            Drop(copy);
            _sent[_nextLook] = _sent[^1];
            _sent.RemoveAt(_sent.Count - 1);
        }
    }

    public void Dispose()
    {
        _sent.ForEach(sent => Drop(sent.Copy));
        _sent.Clear();
        _area.Dispose();
    }

    private static void Drop(SharedCopy? copy)
    {
        if (copy is not null)
        {
            copy.Readers--;
        }
    }

    private byte* Reserve(nuint bytes, SharedCopy? copy, out BlockEntry entry)
    {
        var length = BulkArea.ExtentLength(bytes);
        Reclaim(LooksPerStore);
        if (!_area.TryTake(length, out var extent))
        {
            Reclaim(int.MaxValue);
            extent = _area.TryTake(length, out extent) ? extent : _area.Grow(length);
        }

        _sent.Add((extent, copy));
        Reserved++;
        return extent.Open(bytes, out entry);
    }
}
