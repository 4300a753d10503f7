using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.Backends.Process;

/// <summary>How often the system has ended a process because memory ran out, of the machine or of a control group: the line oom_kill of /proc/vmstat.</summary>
internal static class OomKills
{
    private const string Line = "oom_kill ";

    /// <summary>So far; 0 where the system does not tell.</summary>
    internal static long Count(string file = "/proc/vmstat")
    {
        try
        {
            return File.ReadLines(file).FirstOrDefault(line => line.StartsWith(Line, StringComparison.Ordinal)) is { } found ? long.Parse(found.AsSpan(Line.Length), CultureInfo.InvariantCulture) : 0;
        }
        catch (Exception hidden) when (hidden is IOException or UnauthorizedAccessException)
        {
            return 0; // Then a kill for want of memory is told as any other.
        }
    }
}
