using System;
using System.Buffers.Text;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Slaves;

/// <summary>How often the system has ended a process because memory ran out, of the machine or of a control group: the line oom_kill of /proc/vmstat.</summary>
/// <remarks>An instance remembers older counts, for who asks whether there was one a moment ago; noted by one thread, asked from any.</remarks>
internal sealed class OomKills
{
    private readonly Lock _gate = new();
    private (long At, long Newer, long Older) _counts = (Stopwatch.GetTimestamp(), Count(), Count()); // Under the gate. The older count is one to two seconds old.

    private static ReadOnlySpan<byte> Line => "\noom_kill "u8;

    /// <summary>Whether there was one since the count before the last: within one or two seconds.</summary>
    internal bool AnyLately
    {
        get
        {
            lock (_gate)
            {
                return Count() > _counts.Older;
            }
        }
    }

    /// <summary>Counts, at most once a second. Called now and then.</summary>
    internal void Note(long now)
    {
        lock (_gate)
        {
            if (now - _counts.At > Stopwatch.Frequency)
            {
                _counts = (now, Count(), _counts.Newer);
            }
        }
    }

    /// <summary>So far; 0 where the system does not tell.</summary>
    internal static long Count(string file = "/proc/vmstat")
    {
        var buffer = new byte[16 * 1024];
        var text = ProcFolder.Read(file, ref buffer); // What cannot be read holds nothing: then a kill for want of memory is told as any other.
        var at = text.IndexOf(Line);
        return at >= 0 && Utf8Parser.TryParse(text[(at + Line.Length)..], out long count, out _) ? count : 0;
    }
}
