using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;

namespace HpcRuntime.Backends.Process;

/// <summary>Arrays that several slaves are sent, copied once for all of them, behind the run's segment. A copy stays while a slave uses it, and after that as long as its room is not needed
/// and large messages are sent, for a slave that comes a little later. The master's driving thread.</summary>
internal sealed unsafe class SharedBulk(MasterSegment master, Action reclaim) : IDisposable
{
    private readonly BulkArea _area = new(master.File, Layout.MasterBytes);
    private readonly Dictionary<Array, SharedCopy> _copies = new(ReferenceEqualityComparer.Instance);

    /// <summary>Bytes that were copied here since the start.</summary>
    internal long CopiedBytes { get; private set; }

    /// <summary>Bytes of memory that the copies may hold in pages.</summary>
    internal long HeldBytes => _area.HeldBytes;

    /// <summary>The copy of an array that nobody changes any more.</summary>
    internal SharedCopy CopyOf(Array array, nuint bytes)
    {
        if (_copies.TryGetValue(array, out var known))
        {
            return known;
        }

        var length = BulkArea.ExtentLength(bytes);
        if (!_area.TryTake(length, out var extent))
        {
            reclaim();
            DropUnused();
            extent = _area.TryTake(length, out extent) ? extent : _area.Grow(length);
        }

        var address = extent.Open(bytes, out var entry);
        fixed (byte* start = &MemoryMarshal.GetArrayDataReference(array))
        {
            Buffer.MemoryCopy(start, address, bytes, bytes);
        }

        CopiedBytes += (long)bytes;
        var copy = new SharedCopy(extent, entry);
        _copies.Add(array, copy);
        return copy;
    }

    /// <summary>Gives all pages back to the system when no slave uses a copy; false when one does. What slaves have freed was taken back before.</summary>
    internal bool Trim()
    {
        DropUnused();
        if (_copies.Count > 0)
        {
            return false;
        }

        _area.ReleasePages();
        return true;
    }

    public void Dispose() => _area.Dispose();

    private void DropUnused()
    {
        foreach (var (array, copy) in _copies.Where(pair => pair.Value.Readers == 0).ToArray())
        {
            copy.Extent.Return();
            _copies.Remove(array);
        }
    }
}

/// <summary>One array in the memory that all slaves share.</summary>
internal sealed class SharedCopy(BulkExtent extent, BlockEntry entry)
{
    internal BulkExtent Extent { get; } = extent;

    /// <summary>Where it is.</summary>
    internal BlockEntry Entry { get; } = entry;

    /// <summary>Slaves that were told of it and have not said that they are done.</summary>
    internal int Readers { get; set; }
}
