using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HpcRuntime.Examples.ParallelIdioms.Bottles;

/// <summary>Prints matches, at once or file by file, and counts them.</summary>
internal sealed class Report(IReadOnlyList<string> files, IReadOnlyList<string> patterns, bool byFile, TextWriter output)
{
    private readonly List<string>[] _kept = [.. files.Select(_ => new List<string>())];
    private readonly int[][] _counts = [.. files.Select(_ => new int[patterns.Count])];
    private readonly bool[] _complete = new bool[files.Count];
    private int _printed;

    /// <summary>Takes what was found in a file.</summary>
    internal void Take(Finds finds)
    {
        foreach (var match in finds.Matches)
        {
            _counts[finds.File][match.Pattern]++;
            _kept[finds.File].Add($"{files[finds.File]} [{patterns[match.Pattern]}] {match.Line}");
        }

        _complete[finds.File] |= finds.IsLast;
        if (!byFile)
        {
            Print(finds.File);
        }

        while (byFile && _printed < files.Count && _complete[_printed])
        {
            Print(_printed++);
        }

        output.Flush();
    }

    /// <summary>Prints how often each pattern was found in each file.</summary>
    internal void Close()
    {
        foreach (var (file, counts) in files.Zip(_counts))
        {
            output.WriteLine($"{file}: {string.Join(", ", patterns.Zip(counts).Select(pair => $"{pair.First} {pair.Second}"))}");
        }
    }

    private void Print(int file)
    {
        _kept[file].ForEach(output.WriteLine);
        _kept[file].Clear();
    }
}
