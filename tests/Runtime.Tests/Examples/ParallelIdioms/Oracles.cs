using System;
using System.Linq;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

/// <summary>What the examples must print, whatever runs them.</summary>
internal static class Oracles
{
    internal const string PictureOf300x200 = "300 x 200 pixels, sha256 124fa2642a9bd426c8d06b9fbd23dca4f0136d8c0b4b84bd362a248c4f4267f6\n";

    internal const string PictureOf3840x2160 = "3840 x 2160 pixels, sha256 f1b74e4d5f57fdac384992e5bb09766bdf8a77b4e41ebd6636da6363bb046e6b\n";

    private static readonly string[] Garments = ["pants", "trousers", "shorts"];

    internal static string Grid { get; } = string.Concat(Enumerable.Range(0, 10).Select(row => string.Join(' ', Enumerable.Range(10 * row, 10)) + "\n"));

    internal static string Mutable { get; } = $"changed on the slaves: {Times(1)}\nbrought home: {Times(2)}\nchanged on the master: {Times(4)}\n";

    internal static string Loop { get; } = string.Concat(Enumerable.Range(0, 100).Select(number => $"{number}\n")) + "Done\n";

    internal static string Countdown { get; } = string.Concat(Enumerable.Range(0, 21).Select(said => $"the {(said % 2 == 0 ? "slave" : "master")} says {20 - said}\n"));

    /// <summary>Of the three files that bottles writes itself: every line once for each garment on it, in the order of its file.</summary>
    internal static string Bottles { get; } = string.Concat(Enumerable.Range(1, 3).SelectMany(file => Enumerable.Range(0, 99).Select(i => 99 - i).SelectMany(left => Finds(file, left))))
        + string.Concat(Enumerable.Range(1, 3).Select(file => $"line-{file}.log: pants 36, trousers 36, shorts 36\n"));

    internal const string Indexer = "40 files, 2000 words, 62194 entries\nprefix: \n";

    private static string Times(int factor) => string.Join(' ', Enumerable.Range(0, 100).Select(number => factor * number));

    private static string[] Finds(int file, int left)
    {
        string[] there = left % 10 == 0 ? [Garments[(left + file - 1) % 3], Garments[(left + file) % 3]] : [Garments[(left + file - 1) % 3]];
        return [.. Garments.Where(there.Contains).Select(garment => $"line-{file}.log [{garment}] {left} on the line, next are {string.Join(" and ", there)}.\n")];
    }
}
