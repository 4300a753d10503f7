using System.Globalization;
using System.IO;

namespace HpcRuntime.Backends.Native;

/// <summary>The processor time of another process.</summary>
internal static class ProcessorTime
{
    /// <summary>In seconds, to the nanosecond, of all threads that it has and had; 0 when it is gone.</summary>
    internal static unsafe double SecondsOf(int process)
    {
        const int OfScheduler = 2; // CPUCLOCK_SCHED of the kernel, which gives each process a clock (clock_getcpuclockid(3)).
        var time = stackalloc long[2];
        return Libc.ClockTime((~process << 3) | OfScheduler, time) == 0 ? time[0] + (time[1] / 1e9) : 0;
    }

    /// <summary>In clock ticks of the system, user and kernel together (proc_pid_stat(5), fields 14 and 15); 0 when it is gone.</summary>
    internal static long Of(int process)
    {
        string stat;
        try
        {
            stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        }
        catch (IOException)
        {
            return 0;
        }

        // The second field is the name, in parentheses, and may hold anything.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
