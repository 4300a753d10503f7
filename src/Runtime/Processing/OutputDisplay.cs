using System;
using HpcRuntime.Output;

namespace HpcRuntime.Processing;

/// <summary>Shows on the master what slaves print, line by line; nothing when the user wants it kept only.</summary>
internal sealed class OutputDisplay(LineMerger? merger)
{
    internal void SetLargestRank(int rank)
    {
        if (merger is not null)
        {
            merger.LargestRank = rank;
        }
    }

    internal void Show(int rank, CommandEntry? entry, OutputStream stream, ReadOnlySpan<byte> bytes) =>
        merger?.Write(rank, entry?.Id ?? -rank, stream, bytes, lastOfCommand: false);

    /// <summary>A half line at the end of a command gets its line end.</summary>
    internal void EndOf(CommandEntry entry) => merger?.End(entry.Rank, entry.Id);

    /// <summary>Shows what is still held.</summary>
    internal void Close() => merger?.Dispose();
}
