using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Benchmarks;

/// <summary>Maps over ints: a short one, as <c>multiprocessing.Pool.map</c> is measured beside it, a long one, and an endless input in flat memory.</summary>
internal static class MapFigures
{
    internal static void Run(string fabric, int slaves, Action<string, string> print)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, ShowOutput = false });
        Short(processor, 4, 60, print);
        Short(processor, 300, 60, print);
        Short(processor, 3000, 60, print);
        Short(processor, 10_000, 60, print);
        Short(processor, 20_000_000, 2, print);
        Long(processor, 10_000_000, print);
    }

    private static void Short(Processor processor, int count, int repetitions, Action<string, string> print)
    {
        var items = Enumerable.Range(0, count).ToArray();
        var seconds = new List<double>();
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            var clock = Stopwatch.GetTimestamp();
            var results = processor.Map(items, x => x + 1).ToArray();
            seconds.Add(Stopwatch.GetElapsedTime(clock).TotalSeconds);
            if (results.Length != count || results[^1] != count || results[count / 2] != (count / 2) + 1)
            {
                throw new InvalidOperationException("wrong results");
            }
        }

        seconds.Sort();
        print($"map over {count:N0} ints", $"{count / seconds[seconds.Count / 2] / 1e6:F2} M items/s, {seconds[seconds.Count / 2] * 1000:F2} ms (median of {repetitions}; best {seconds[0] * 1000:F2} ms)");
    }

    private static void Long(Processor processor, int count, Action<string, string> print)
    {
        var clock = Stopwatch.GetTimestamp();
        var sum = 0L;
        var seen = 0;
        var early = 0L;
        foreach (var value in processor.Map(Numbers(), x => x + 1).Take(count))
        {
            sum += value;
            if (++seen == count / 10)
            {
                early = GC.GetTotalMemory(true);
            }
        }

        var growth = GC.GetTotalMemory(true) - early;
        print($"lazy map over {count:N0} of endless ints", $"{count / Stopwatch.GetElapsedTime(clock).TotalSeconds / 1e6:F2} M items/s, heap grew by {growth / 1024.0:F0} KiB over the last nine tenths");
        if (sum != (long)count * (count + 1) / 2)
        {
            throw new InvalidOperationException("wrong results");
        }
    }

    private static IEnumerable<int> Numbers()
    {
        for (var i = 0; ; i++)
        {
            yield return i;
        }
    }
}
