using System;
using System.Collections.Generic;
using System.Linq;

namespace HpcRuntime.Primitives;

/// <summary>Guesses which of some names a mistyped one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The candidate nearest to <paramref name="name"/>; null when none is near: at most one edit in three letters, and never more than three.</summary>
    internal static string? Find(string name, IEnumerable<string> candidates)
    {
        var most = Math.Clamp((name.Length + 2) / 3, 1, 3);
        return candidates
            .Select(candidate => (Name: candidate, Distance: Distance(name, candidate)))
            .Where(pair => pair.Distance <= most)
            .OrderBy(pair => pair.Distance)
            .Select(pair => pair.Name)
            .FirstOrDefault();
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours between two names, letter case aside.</summary>
    internal static int Distance(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                table[i, j] = i == 0 ? j : j == 0 ? i : Step(a, b, i, j, table);
            }
        }

        return table[a.Length, b.Length];
    }

    private static int Step(string a, string b, int i, int j, int[,] table)
    {
        var same = Same(a[i - 1], b[j - 1]);
        var least = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + (same ? 0 : 1));
        return i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]) ? Math.Min(least, table[i - 2, j - 2] + 1) : least;
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
