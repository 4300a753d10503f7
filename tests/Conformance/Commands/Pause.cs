using System;
using System.Diagnostics;
using System.Threading;

namespace HpcRuntime.Conformance;

/// <summary>Work that takes time and no core.</summary>
internal static class Pause
{
    /// <summary>Comes back after <paramref name="milliseconds"/>, or earlier, with true, when <paramref name="token"/> is cancelled.</summary>
    internal static bool For(int milliseconds, CancellationToken token = default) => token.WaitHandle.WaitOne(milliseconds);

    /// <summary>Looks every millisecond whether <paramref name="condition"/> holds.</summary>
    internal static bool Until(Func<bool> condition, int milliseconds, CancellationToken token = default)
    {
        var start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > milliseconds || token.WaitHandle.WaitOne(1))
            {
                return false;
            }
        }

        return true;
    }
}
