using System;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Items that are to be worked on, or are with a slave.</summary>
/// <param name="first">The index of the first.</param>
/// <param name="items">The items.</param>
/// <param name="attempts">Attempts they had in blocks that were lost.</param>
/// <param name="alone">Whether each travels alone from now on: a block that held it did not end well.</param>
internal sealed class MapBlock<T>(long first, T[] items, int attempts = 0, bool alone = false)
{
    internal long First { get; } = first;

    internal T[] Items => items;

    internal int Attempts => attempts;

    internal bool Alone => alone;

    /// <summary>Its command while it is with a slave.</summary>
    internal CommandEntry? Entry { get; set; }

    /// <summary>The index before which all its items have left their ordered section, or will not enter it.</summary>
    internal long PassedTo { get; set; } = first;

    /// <summary>Its items from <paramref name="start"/> on, up to <paramref name="end"/>, as a block of their own.</summary>
    internal MapBlock<T> Part(int start, int end) =>
        new(First + start, items[start..end], attempts, alone) { PassedTo = Math.Clamp(PassedTo, First + start, First + end) };

    /// <summary>The same items once more, one by one.</summary>
    internal MapBlock<T> OneByOne(int moreAttempts) => new(First, items, attempts + moreAttempts, true) { PassedTo = PassedTo };
}

/// <summary>Tells a map that one of its blocks has ended.</summary>
internal sealed class BlockCompletion<T, TResult>(MapRun<T, TResult> map, MapBlock<T> block) : Completion, IOrderedBlock
{
    public void EnterOrdered(long index, long question) => map.EnterOrdered(block, index, question);

    public void LeaveOrdered(long index) => map.LeaveOrdered(block, index);

    internal override void Complete(CommandEntry entry) => map.End(block, entry);
}
