using System;
using System.Collections.Generic;

namespace HpcRuntime.Processing;

/// <summary>How many commands travel together and how many a slave may hold: plain functions of what was measured.</summary>
internal static class ChunkPolicy
{
    /// <summary>Commands in one message, at most.</summary>
    internal const int LargestChunk = 2048;

    /// <summary>Encoded bytes in one message after which no further command joins it.</summary>
    internal const int LargestChunkBytes = 256 * 1024;

    /// <summary>A chunk should keep its slave busy for this many seconds at least: a hundred times what a parked rank needs to answer.</summary>
    private const double LeastChunkSeconds = 0.002;

    /// <summary>And for so many seconds for each slave there is: then all slaves together send the master 50,000 chunks a second, which take a few hundredths of its time (docs/scale.md).</summary>
    private const double ChunkSecondsPerSlave = 20e-6;

    /// <summary>Results of short commands wait for each other this long at least.</summary>
    private const double LeastResultSeconds = 250e-6;

    /// <summary>Commands that may wait for each slave, where that is more than <see cref="LeastWaiting"/>: half of them can be in the next chunks.</summary>
    private const int WaitingPerSlave = 32;

    private const int LeastWaiting = 64 * 1024;

    /// <summary>One-command messages in flight should keep a slave busy for this many seconds.</summary>
    private const double EachSeconds = 0.0001;

    private const int DeepestEach = 64;

    /// <summary>Commands for the next message to one slave.</summary>
    /// <param name="chunking">The policy.</param>
    /// <param name="kind">What is known of the command at the head of the queue.</param>
    /// <param name="waiting">Commands in the queue, those that are about to be read into it included.</param>
    /// <param name="slaves">Slaves alive.</param>
    internal static int ChunkSize(Chunking chunking, CommandKind kind, int waiting, int slaves)
    {
        if (chunking != Chunking.Adaptive || !kind.IsKnown)
        {
            return 1;
        }

        // The second bound is guided self-scheduling (Polychronopoulos and Kuck 1987), halved: it leaves the end of a run in small pieces.
        var byTime = ChunkSeconds(slaves) / Math.Max(kind.Duration, 1e-9);
        var fair = (waiting + (2 * slaves) - 1) / (2 * slaves);
        return (int)Math.Clamp(Math.Min(byTime, fair), 1, LargestChunk);
    }

    /// <summary>Commands that one slave may hold, the running one included. A kind not yet measured gets no prefetch,
    /// so that the first commands spread over all slaves.</summary>
    internal static int InFlightLimit(Chunking chunking, CommandKind kind, int chunk)
    {
        if (!kind.IsKnown)
        {
            return 1;
        }

        return chunking == Chunking.Each
            ? (int)Math.Clamp(EachSeconds / Math.Max(kind.Duration, 1e-9), 2, DeepestEach)
            : 2 * chunk;
    }

    /// <summary>How long, in seconds, results wait on a slave for those of the commands behind them, among <paramref name="slaves"/> slaves: half a chunk at most, so that the next chunk is there in time.</summary>
    internal static double ResultSeconds(int slaves) => Math.Max(LeastResultSeconds, slaves * ChunkSecondsPerSlave / 2);

    /// <summary>Commands in the queue below which more of a lazy input is read, for <paramref name="slaves"/> slaves.</summary>
    internal static int LowWater(int slaves) => (int)Math.Max(64, Math.Min((long)slaves * 4 * LargestChunk, Math.Max(LeastWaiting, (long)slaves * WaitingPerSlave)));

    /// <summary>relax's cut of a queue (its R27): <paramref name="slaves"/> x <paramref name="grain"/> contiguous slices of equal size,
    /// the remainder dealt out one each from the first; with fewer commands than slices, one command each. Returns places in the queue.</summary>
    internal static List<List<int>> StaticCut(int count, int slaves, int grain)
    {
        var chunks = slaves * grain;
        var size = count / chunks;
        if (size < 1)
        {
            chunks = count;
            size = 1;
        }

        var cut = new List<List<int>>(chunks);
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var places = new List<int>(size + 1);
            for (var i = 0; i < size; i++)
            {
                places.Add((chunk * size) + i);
            }

            cut.Add(places);
        }

        for (var rest = chunks * size; rest < count; rest++)
        {
            cut[rest - (chunks * size)].Add(rest);
        }

        return cut;
    }

    private static double ChunkSeconds(int slaves) => Math.Max(LeastChunkSeconds, slaves * ChunkSecondsPerSlave);
}
