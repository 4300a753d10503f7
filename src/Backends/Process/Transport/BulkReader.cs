using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>The receiver's view of a peer's bulk area. Segments are mapped when first named and stay mapped until the link is closed and the last message that uses them is disposed.</summary>
/// <param name="file">The area.</param>
/// <param name="shared">What all slaves share; null where nothing may refer to it. Released with this.</param>
internal sealed unsafe class BulkReader(MemoryFile file, BulkReader? shared = null)
{
    private readonly object _gate = new(); // Messages may be filled and disposed on another thread than the one that receives.
    private readonly Dictionary<long, Mapping> _mapped = [];
    private int _users = 1;

    /// <summary>Checks that an entry names an extent that the peer really filled.</summary>
    /// <exception cref="CorruptFrameException">It does not.</exception>
    internal void Check(in BlockEntry entry)
    {
        if (!entry.IsReference)
        {
            CheckExtent(entry);
            return;
        }

        CheckExtent(entry.Holder);
        var target = Target(entry);
        if (shared is null || target.IsReference || target.ByteCount != entry.ByteCount)
        {
            throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a reference to a block of {target.ByteCount} bytes where one of {entry.ByteCount} is due"));
        }

        shared.CheckExtent(target);
    }

    /// <summary>The data of a checked extent.</summary>
    internal byte* Data(in BlockEntry entry) => entry.IsReference ? shared!.Data(Target(entry)) : Segment(entry).Address + entry.Offset + BulkWriter.ExtentHeader;

    /// <summary>Gives a checked extent back to its sender.</summary>
    internal void Free(in BlockEntry entry)
    {
        var own = entry.IsReference ? entry.Holder : entry;
        Volatile.Write(ref *(int*)(Segment(own).Address + own.Offset), 0);
    }

    /// <summary>A message uses the mappings until <see cref="Release"/>.</summary>
    internal void Retain() => Interlocked.Increment(ref _users);

    /// <summary>A message, or the link, needs the mappings no longer.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        lock (_gate)
        {
            foreach (var mapping in _mapped.Values)
            {
                mapping.Dispose();
            }

            _mapped.Clear();
        }

        shared?.Release();
    }

    private void CheckExtent(in BlockEntry entry)
    {
        if (entry.Segment < 0 || entry.SegmentLength <= 0 || entry.Offset < 0 || entry.Segment % Layout.PageBytes != 0 || entry.Offset % Layout.PageBytes != 0
            || entry.Segment > long.MaxValue - entry.SegmentLength || entry.Offset > entry.SegmentLength - BulkWriter.ExtentHeader
            || entry.ByteCount > (ulong)(entry.SegmentLength - BulkWriter.ExtentHeader - entry.Offset))
        {
            throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a block of {entry.ByteCount} bytes at {entry.Offset} of a segment of {entry.SegmentLength}"));
        }

        var extent = Segment(entry).Address + entry.Offset;
        if (Volatile.Read(ref *(int*)extent) != BulkWriter.InUse || *(ulong*)(extent + 8) != entry.ByteCount)
        {
            throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a block of {entry.ByteCount} bytes that is not where the message says"));
        }
    }

    private BlockEntry Target(in BlockEntry entry) => *(BlockEntry*)Data(entry.Holder);

    private Mapping Segment(in BlockEntry entry)
    {
        lock (_gate)
        {
            if (_mapped.TryGetValue(entry.Segment, out var mapping))
            {
                return mapping.Length == (nuint)entry.SegmentLength ? mapping : throw new CorruptFrameException("two segments at one place");
            }

            // Touching what lies beyond the end of the file would be a SIGBUS; the file never shrinks.
            if (file.Length < entry.Segment + entry.SegmentLength)
            {
                throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a segment that ends at {entry.Segment + entry.SegmentLength} of a file of {file.Length} bytes"));
            }

            mapping = Mapping.Of(file, entry.Segment, (nuint)entry.SegmentLength);
            _mapped.Add(entry.Segment, mapping);
            return mapping;
        }
    }
}
