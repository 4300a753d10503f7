using System;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using HpcRuntime.Processing;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Kills a slave of a processor, drawn at random, in intervals of half to one and a half times the given one, until it is disposed; none for an interval of zero.</summary>
internal sealed partial class SlaveKiller : IDisposable
{
    private readonly Processor _processor;
    private readonly Random _random;
    private readonly TimeSpan _interval;
    private readonly ManualResetEventSlim _enough = new();
    private readonly Thread _thread;
    private int _kills;

    internal SlaveKiller(Processor processor, int seed, TimeSpan interval)
    {
        _processor = processor;
        _random = new Random(seed);
        _interval = interval;
        _thread = new Thread(KillOn) { IsBackground = true, Name = "slave killer" };
        _thread.Start();
    }

    /// <summary>Kills so far that found a slave.</summary>
    internal int Kills => Volatile.Read(ref _kills);

    public void Dispose()
    {
        _enough.Set();
        _thread.Join();
        _enough.Dispose();
    }

    private void KillOn()
    {
        while (!_enough.Wait(_interval == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : _interval * (0.5 + _random.NextDouble())))
        {
            var slaves = _processor.Statistics.Slaves.Where(slave => slave.Alive && slave.Name.Contains("-pid", StringComparison.Ordinal)).ToArray();
            if (slaves.Length == 0)
            {
                continue;
            }

            var name = slaves[_random.Next(slaves.Length)].Name;
            var process = int.Parse(name[(name.LastIndexOf("-pid", StringComparison.Ordinal) + 4)..].Split('-')[0], CultureInfo.InvariantCulture);
            if (process != Environment.ProcessId && Signal(process, 9) == 0)
            {
                Interlocked.Increment(ref _kills);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);
}
