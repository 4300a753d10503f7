using System;
using System.Threading.Tasks;

namespace HpcRuntime.DataParallel;

/// <summary>The end of what a program prints. All it wrote is in the pipes when it ends, and they are read until they are closed. A child that it left behind may hold them open for ever.</summary>
internal static class Stragglers
{
    /// <summary>So often nothing may have come from a writer that nobody can find: 10 s.</summary>
    internal const int MostSilent = 200;

    /// <summary>How much more silence counts when a child is known to hold the stream: half a second will do.</summary>
    private const int KnownWeight = 20;

    /// <summary>How often it is asked what has come since the program ended.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until everything is read, or only what others may still write is missing.</summary>
    /// <param name="reading">Ends with the last of both streams.</param>
    /// <param name="length">Bytes read so far.</param>
    /// <param name="hasOthers">Whether anything that the program has started is alive.</param>
    /// <param name="interval">How often it is asked.</param>
    internal static void Await(Task reading, Func<long> length, Func<bool> hasOthers, TimeSpan interval)
    {
        var before = -1L;
        var silent = 0;
        while (silent < MostSilent && !reading.Wait(interval))
        {
            // On a busy machine the reading itself may be late: silence alone says nothing, so it is asked whether anybody is left who could write.
            var now = length();
            silent = now == before ? silent + (hasOthers() ? KnownWeight : 1) : 0;
            before = now;
        }
    }
}
