using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;

namespace HpcRuntime.Tests.Mpi.Launching;

/// <summary>Whether processes are gone, and waiting for what comes about by itself.</summary>
internal static class Leftover
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>Whether a process runs. One that has ended and that nobody has asked about yet does not: its command line is empty.</summary>
    internal static bool Runs(int process)
    {
        try
        {
            return File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline")).Length > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Whether a process ends within a moment; killed ones leave a little later than they were killed.</summary>
    internal static bool Ended(int process)
    {
        var clock = Stopwatch.StartNew();
        while (Runs(process))
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(10))
            {
                return false;
            }

            Thread.Sleep(10);
        }

        return true;
    }

    /// <summary>Waits until something is so.</summary>
    internal static void WaitFor(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Deadline)
            {
                throw new TimeoutException($"It is not so after {Deadline.TotalSeconds} s.");
            }

            Thread.Sleep(10);
        }
    }
}
