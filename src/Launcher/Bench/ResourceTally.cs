using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Launcher.Bench;

/// <summary>What a run has used up to a moment.</summary>
/// <param name="MasterSeconds">CPU of this process.</param>
/// <param name="OthersSeconds">CPU of every other process of the run: slaves, launchers, daemons, with their ended children.</param>
/// <param name="PeakMebibytes">Sum of the largest resident sizes.</param>
/// <param name="LargestMebibytes">The largest of them.</param>
/// <param name="MachineSeconds">CPU the whole machine was busy.</param>
/// <param name="StealSeconds">CPU that the hypervisor gave to others.</param>
internal readonly record struct ResourceUse(double MasterSeconds, double OthersSeconds, double PeakMebibytes, double LargestMebibytes, double MachineSeconds, double StealSeconds);

/// <summary>Adds up, from Linux's /proc, what the processes of a run use: all whose environment holds the variable BENCH_ID with this process's value. 10 ms resolution
/// (<c>USER_HZ</c>); all zero elsewhere.</summary>
internal sealed class ResourceTally
{
    private const double TicksPerSecond = 100;

    /// <summary>Fields of a process's stat behind its name: state, parent, … (proc_pid_stat(5)).</summary>
    private const int UserTicks = 11;

    private readonly byte[] _mark = Encoding.UTF8.GetBytes(BenchMark.Entry);
    private readonly HashSet<int> _strangers = [];
    private byte[] _buffer = new byte[16 * 1024];

    /// <summary>The use up to now.</summary>
    internal ResourceUse Now()
    {
        if (!OperatingSystem.IsLinux())
        {
            return default;
        }

        var (master, others, sum, largest) = (0.0, 0.0, 0.0, 0.0);
        foreach (var id in Processes())
        {
            if (!TryReadTicks(id, out var own, out var ended))
            {
                continue; // It has ended since.
            }

            if (id == Environment.ProcessId)
            {
                master += own;
                others += ended;
            }
            else
            {
                others += own + ended;
            }

            var peak = PeakOf(id);
            sum += peak;
            largest = Math.Max(largest, peak);
        }

        // user, nice, system, idle, waiting for a disk, interrupts, soft interrupts, steal
        Span<long> machine = stackalloc long[8];
        var line = Read("/proc/stat");
        line = line[(line.IndexOf((byte)' ') + 1)..];
        for (var i = 0; i < machine.Length; i++)
        {
            machine[i] = NextNumber(ref line);
        }

        var busy = machine[0] + machine[1] + machine[2] + machine[5] + machine[6];
        return new ResourceUse(master, others, sum, largest, busy / TicksPerSecond, machine[7] / TicksPerSecond);
    }

    /// <summary>Time on a core of every process of the run, in seconds, as the scheduler counts it: to the nanosecond, where ticks of 10 ms miss what wakes often and briefly; threads that have ended included.</summary>
    internal Dictionary<int, double> OnCore() => OperatingSystem.IsLinux() ? Processes().ToDictionary(id => id, ProcessorTime.SecondsOf) : [];

    /// <summary>Skips what is no digit, then reads a number; 0 at the end.</summary>
    private static long NextNumber(ref ReadOnlySpan<byte> text)
    {
        var from = text.IndexOfAnyInRange((byte)'0', (byte)'9');
        if (from < 0)
        {
            return 0;
        }

        _ = Utf8Parser.TryParse(text[from..], out long number, out var length);
        text = text[(from + length)..];
        return number;
    }

    /// <summary>Every process of the run.</summary>
    private List<int> Processes()
    {
        var all = ProcFolder.Processes();
        all.RemoveAll(id => id != Environment.ProcessId && IsStranger(id));
        return all;
    }

    /// <summary>Whether it is of another run, or of none: looked up once, since a process keeps the environment that it begins with.</summary>
    private bool IsStranger(int id)
    {
        if (_strangers.Contains(id))
        {
            return true;
        }

        var stranger = !IsMarked(Read($"/proc/{id}/environ"));
        if (stranger)
        {
            _strangers.Add(id);
        }

        return stranger;
    }

    private bool IsMarked(ReadOnlySpan<byte> environment)
    {
        for (var at = environment.IndexOf(_mark); at >= 0;)
        {
            var end = at + _mark.Length;
            if ((at == 0 || environment[at - 1] == 0) && (end == environment.Length || environment[end] == 0))
            {
                return true;
            }

            var next = environment[end..].IndexOf(_mark);
            at = next < 0 ? -1 : end + next;
        }

        return false;
    }

    /// <summary>Seconds of a process itself and of its children that have ended; false when it is gone.</summary>
    private bool TryReadTicks(int id, out double own, out double ended)
    {
        (own, ended) = (0, 0);
        var stat = Read($"/proc/{id}/stat");
        if (stat.IsEmpty)
        {
            return false;
        }

        // The name, in parentheses, may hold anything.
        var fields = stat[(stat.LastIndexOf((byte)')') + 2)..];
        for (var skipped = 0; skipped < UserTicks; skipped++)
        {
            fields = fields[(fields.IndexOf((byte)' ') + 1)..];
        }

        own = (NextNumber(ref fields) + NextNumber(ref fields)) / TicksPerSecond;
        ended = (NextNumber(ref fields) + NextNumber(ref fields)) / TicksPerSecond;
        return true;
    }

    private double PeakOf(int id)
    {
        var status = Read($"/proc/{id}/status");
        var at = status.IndexOf("VmHWM:"u8);
        if (at < 0)
        {
            return 0; // It has ended since.
        }

        status = status[at..];
        return NextNumber(ref status) / 1024.0;
    }

    private ReadOnlySpan<byte> Read(string path) => ProcFolder.Read(path, ref _buffer);
}
