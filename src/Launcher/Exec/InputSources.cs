using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;

namespace HpcRuntime.Launcher.Exec;

/// <summary>One source of values.</summary>
/// <param name="Values">Read once.</param>
/// <param name="Linked">Whether it goes along with the source before it, value by value, instead of being combined with it.</param>
internal sealed record InputSource(IEnumerable<string> Values, bool Linked);

/// <summary>Combines sources into the values of each job: every combination, the last source changing fastest. The first is read lazily, the others are held.</summary>
internal static class InputSources
{
    /// <summary>The values of each job.</summary>
    /// <param name="sources">One or more.</param>
    /// <param name="linkAll">Whether all go along with each other; shorter ones begin again.</param>
    /// <param name="columns">Splits each value into several; null for none.</param>
    /// <param name="perJob">So many combinations go into one job.</param>
    /// <param name="skipEmpty">Whether jobs whose only value is empty are left out.</param>
    internal static IEnumerable<IReadOnlyList<string>> Combine(IReadOnlyList<InputSource> sources, bool linkAll, Regex? columns, int perJob, bool skipEmpty)
    {
        var rows = linkAll ? LinkAll([.. sources.Select(source => source.Values)]) : Product([.. Groups(sources)]);
        if (columns is not null)
        {
            rows = rows.Select(row => (IReadOnlyList<string>)[.. row.SelectMany(value => columns.Split(value))]);
        }

        if (skipEmpty)
        {
            rows = rows.Where(row => row.Any(value => value.Length > 0));
        }

        return perJob == 1 ? rows : rows.Chunk(perJob).Select(chunk => (IReadOnlyList<string>)[.. chunk.SelectMany(row => row)]);
    }

    /// <summary>Sources that are linked to the one before them, together: they end with the shortest.</summary>
    private static IEnumerable<IEnumerable<IReadOnlyList<string>>> Groups(IReadOnlyList<InputSource> sources)
    {
        for (var i = 0; i < sources.Count;)
        {
            IEnumerable<IReadOnlyList<string>> group = sources[i].Values.Select(value => (IReadOnlyList<string>)[value]);
            for (i++; i < sources.Count && sources[i].Linked; i++)
            {
                group = group.Zip(sources[i].Values, (row, value) => (IReadOnlyList<string>)[.. row, value]);
            }

            yield return group;
        }
    }

    /// <summary>Reads nothing before the first is asked for: only rank 0 has the input.</summary>
    private static IEnumerable<IReadOnlyList<string>> Product(IReadOnlyList<IEnumerable<IReadOnlyList<string>>> groups)
    {
        IReadOnlyList<IReadOnlyList<string>> behind = [[]];
        for (var i = groups.Count - 1; i > 0; i--)
        {
            var tail = behind;
            behind = [.. groups[i].SelectMany(row => tail.Select(rest => (IReadOnlyList<string>)[.. row, .. rest]))];
        }

        foreach (var row in groups[0])
        {
            foreach (var rest in behind)
            {
                yield return groups.Count == 1 ? row : [.. row, .. rest];
            }
        }
    }

    private static IEnumerable<IReadOnlyList<string>> LinkAll(IReadOnlyList<IEnumerable<string>> sources)
    {
        var lists = sources.Select(source => source.ToList()).ToList();
        var longest = lists.Any(list => list.Count == 0) ? 0 : lists.Max(list => list.Count);
        for (var i = 0; i < longest; i++)
        {
            yield return [.. lists.Select(list => list[i % list.Count])];
        }
    }
}
