using System.Runtime.InteropServices;
using HpcRuntime.Commands;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Computes for so many microseconds of processor time and returns its number.</summary>
public sealed class SpinCommand(int number, int microseconds) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        var end = ThreadClock.Nanoseconds + (microseconds * 1000L);
        while (ThreadClock.Nanoseconds < end)
        {
        }

        return number;
    }
}

/// <summary>The processor time of the calling thread: what waits for a core does not count.</summary>
internal static partial class ThreadClock
{
    private const int ThreadProcessorTime = 3;

    internal static long Nanoseconds
    {
        get
        {
            _ = Get(ThreadProcessorTime, out var time);
            return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Get(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
