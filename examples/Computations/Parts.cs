using System.Collections.Generic;

namespace HpcRuntime.Examples.Computations;

/// <summary>Cuts a range of whole numbers into parts of almost equal length: the first ones have one more where it does not come out even, the last ones are empty where there are too few.</summary>
internal static class Parts
{
    /// <summary>The parts of <paramref name="first"/> to <paramref name="last"/>, both included, in order.</summary>
    internal static IEnumerable<(int First, int Last)> Of(int first, int last, int parts)
    {
        var (length, longer) = (((long)last - first + 1) / parts, ((long)last - first + 1) % parts);
        long start = first;
        for (var part = 0; part < parts; part++)
        {
            var end = start + length + (part < longer ? 1 : 0);
            yield return ((int)start, (int)(end - 1));
            start = end;
        }
    }
}
