using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Tutorial;

/// <summary>A command with several results, and a memo that stays at home.</summary>
internal static class ResultsAndMemos
{
    internal static int Run(Processor processor)
    {
        var peaks = new SortedDictionary<string, List<int>>();
        var spectra = new Dictionary<string, int[]> { ["glass"] = [1, 5, 2, 7, 3], ["steel"] = [9, 4, 4, 8, 1, 6, 0] };
        foreach (var (sample, heights) in spectra)
        {
            peaks[sample] = [];
            processor.AddToQueue(new FindPeaks(heights), new PeakMemo(peaks[sample]));
        }

        processor.RunQueue();
        foreach (var (sample, places) in peaks)
        {
            Console.WriteLine($"{sample}: peaks at {string.Join(", ", places)}");
        }

        return 0;
    }
}

/// <summary>Sends a result home for every peak.</summary>
internal sealed class FindPeaks(int[] heights) : SlaveCommand
{
    public override void Run(ISlaveContext slave)
    {
        for (var i = 1; i + 1 < heights.Length; i++)
        {
            if (heights[i] > heights[i - 1] && heights[i] > heights[i + 1])
            {
                slave.ReturnResult(new PeakFound(i));
            }
        }
    }
}

/// <summary>Runs on the master, on the thread that called RunQueue.</summary>
internal sealed class PeakFound(int place) : ResultCommand
{
    public override void Run(IMaster master, Memo? memo) => ((PeakMemo)memo!).Places.Add(place);
}

/// <summary>Never leaves the master, so it may hold anything.</summary>
internal sealed class PeakMemo(List<int> places) : Memo
{
    public List<int> Places => places;
}
