using System;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>How many items the next block should have: as many as keep a slave busy for a while, by what was measured. Used under the map's gate.</summary>
internal sealed class BlockSizer(int? given, bool smallItems, ItemCost before)
{
    /// <summary>A block should take this long: a hundred times what a parked slave needs to answer.</summary>
    private const double BlockSeconds = 0.004;

    /// <summary>Less is not worth a message.</summary>
    private const double LeastSeconds = 0.0002;

    /// <summary>What a block may take on its way out.</summary>
    private const double BlockBytes = 256 * 1024;

    private const int LargestBlock = 64 * 1024;

    /// <summary>The first block of items about which nothing is known but that they are small.</summary>
    private const int FirstBlock = 64;

    /// <summary>The first block of items of a function that was measured in another map, where it may have had more to do: a block that takes long gives its rest back.</summary>
    private const int FirstBlockAgain = 8192;

    private double _seconds = before.Seconds; // Smoothed, for one item; negative before the first result.
    private double _bytes;                    // The same.
    private bool _measured;

    /// <summary>How long a block may go on before it gives its rest back; zero where the caller chose its size.</summary>
    internal TimeSpan Slice => given is null ? TimeSpan.FromSeconds(BlockSeconds * 2) : TimeSpan.Zero;

    internal static bool AreSmall<T>() => !RuntimeHelpers.IsReferenceOrContainsReferences<T>() && Unsafe.SizeOf<T>() <= 256;

    /// <summary>Items for the next block.</summary>
    /// <param name="left">Items left where that is known.</param>
    /// <param name="slaves">Slaves at work.</param>
    internal int Next(long? left, int slaves)
    {
        if (given is { } size)
        {
            return size;
        }

        var most = (double)LargestBlock;
        if (_seconds < 0)
        {
            most = smallItems ? FirstBlock : 1;
        }
        else
        {
            most = Math.Min(most, BlockSeconds / Math.Max(_seconds, 1e-10));
            most = Math.Min(most, BlockBytes / Math.Max(_bytes, 1));
            most = _measured || smallItems ? most : 1;
            most = _measured ? most : Math.Min(most, FirstBlockAgain);
        }

        if (left is { } known)
        {
            // Guided self-scheduling (Polychronopoulos and Kuck 1987), halved: the end comes in small blocks, which still are worth their way.
            var worthwhile = _seconds < 0 ? 1 : Math.Min(Math.Ceiling(known / (double)slaves), LeastSeconds / Math.Max(_seconds, 1e-10));
            most = Math.Min(most, Math.Max(worthwhile, Math.Ceiling(known / (2.0 * slaves))));
        }

        return (int)Math.Max(1, most);
    }

    internal void ObserveBytes(int items, long bytes) => _bytes = _bytes == 0 ? (double)bytes / items : (_bytes + ((double)bytes / items)) / 2;

    /// <summary>The first block of a kind is slow, since its code is compiled, so that the average forgets by half at each block.</summary>
    internal void Observe(int items, double seconds)
    {
        _seconds = _seconds < 0 ? seconds / items : (_seconds + (seconds / items)) / 2;
        _measured = true;
        before.Seconds = _seconds;
    }
}

/// <summary>What one item of a function took when it was last measured. A hint: read and written without a lock.</summary>
internal sealed class ItemCost
{
    /// <summary>Negative when unknown.</summary>
    internal double Seconds { get; set; } = -1;
}

/// <summary>What the functions of one processor's maps have taken so far.</summary>
internal sealed class MapMemory
{
    private static readonly ConditionalWeakTable<Processor, MapMemory> All = [];

    private readonly ConcurrentDictionary<object, ItemCost> _costs = new();

    internal static MapMemory Of(Processor processor) => All.GetValue(processor, static _ => new MapMemory());

    internal ItemCost For(object key) => _costs.GetOrAdd(key, static _ => new ItemCost());
}
