using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.Benchmarks;

/// <summary>The figures of docs/performance.md: no-op throughput, round trip, idle CPU, memory of a queued command, flat memory of a lazy input. Those of wire, queue, capture and rings are in tests/MicroBenchmarks.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var fabric = args.Length > 0 ? args[0] : "thread";
        var what = args.Length > 1 ? args[1] : "all";
        var slaves = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 2;
        Console.WriteLine($"{fabric}, {slaves} slaves, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
        if (what is "all" or "each")
        {
            Throughput(fabric, slaves, Chunking.Each, 200_000);
        }

        if (what is "all" or "default")
        {
            Throughput(fabric, slaves, Chunking.Adaptive, 1_000_000);
        }

        if (what is "all" or "start")
        {
            Start(fabric, 4);
        }

        if (what is "all" or "roundtrip")
        {
            RoundTrip(fabric, 1);
            RoundTrip(fabric, 4);
        }

        if (what is "ranks")
        {
            RoundTrip(fabric, 1);
            Wake(fabric);
            IdleRanks(fabric, slaves);
        }

        if (what is "all" or "idle")
        {
            Idle(fabric, 16);
        }

        if (what is "all" or "memory")
        {
            Memory(fabric, slaves);
        }

        if (what is "all" or "lazy")
        {
            Lazy(fabric, slaves);
        }

        if (what is "all" or "map")
        {
            MapFigures.Run(fabric, slaves, Print);
        }

        return 0;
    }

    private static void Throughput(string fabric, int slaves, Chunking chunking, int count)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, Chunking = chunking, ShowOutput = false });
        var rates = new List<double>();
        for (var repetition = 0; repetition < 7; repetition++)
        {
            var values = new int[count];
            var clock = Stopwatch.StartNew();
            processor.RunQueue(Enumerable.Range(0, count).Select(i => new Echo(i)), (place, value) => values[place] = value);
            rates.Add(count / clock.Elapsed.TotalSeconds);
            Check(values);
        }

        var share = processor.Statistics.Slaves.Min(s => s.Commands) / (double)(7 * count);
        Print($"no-op commands, {chunking}, {count}", $"{Median(rates):N0} /s (median of 7; best {rates.Max():N0}); least busy slave ran {share:P0}");
    }

    private static void Start(string fabric, int slaves)
    {
        var first = new List<double>();
        var all = new List<double>();
        var end = new List<double>();
        for (var repetition = 0; repetition < 9; repetition++)
        {
            var clock = Stopwatch.StartNew();
            var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, ShowOutput = false });
            processor.Execute(new Echo(1));
            first.Add(clock.Elapsed.TotalSeconds);
            processor.ExecuteOnEverySlave(new Echo(1));
            all.Add(clock.Elapsed.TotalSeconds);
            clock.Restart();
            processor.Dispose();
            end.Add(clock.Elapsed.TotalSeconds);
        }

        Print($"start, {slaves} slaves", $"first result after {Median(first):F3} s, one from every slave after {Median(all):F3} s, closed in {Median(end):F3} s (medians of 9)");
    }

    private static void RoundTrip(string fabric, int slaves)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, ShowOutput = false });

        // Long enough for the run-time to have compiled the whole path a second time: it begins once it has seen no new method for 100 ms.
        var warmUp = Stopwatch.StartNew();
        for (var i = 0; warmUp.ElapsedMilliseconds < 1500; i++)
        {
            processor.Execute(new Echo(i));
        }

        var trips = new double[20_000];
        for (var i = 0; i < trips.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            if (processor.Execute(new Echo(i)) != i)
            {
                throw new InvalidOperationException("wrong value");
            }

            trips[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(trips);
        Print($"round trip, {slaves} slaves up", $"p50 {trips[trips.Length / 2]:F2} us, p99 {trips[trips.Length * 99 / 100]:F2} us");
    }

    /// <summary>A round trip after both ends have gone to sleep.</summary>
    private static void Wake(string fabric)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = 1, ShowOutput = false });
        processor.Execute(new Echo(0));
        var trips = new double[500];
        for (var i = 0; i < trips.Length; i++)
        {
            Thread.Sleep(3);
            var start = Stopwatch.GetTimestamp();
            processor.Execute(new Echo(i));
            trips[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        Array.Sort(trips);
        Print("round trip, the slave asleep before", $"p50 {trips[trips.Length / 2]:F1} us, p90 {trips[trips.Length * 9 / 10]:F1} us");
    }

    /// <summary>What every slave process, and the master's, uses while nothing happens: time on a core as the kernel counts it.</summary>
    private static void IdleRanks(string fabric, int slaves)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, ShowOutput = false });
        int[] processes = [Environment.ProcessId, .. processor.ExecuteOnEverySlave(new ProcessId()).Values];
        Thread.Sleep(500);
        var before = Array.ConvertAll(processes, OnCore);
        var clock = Stopwatch.StartNew();
        Thread.Sleep(10_000);
        var shares = processes.Select((process, i) => (OnCore(process) - before[i]) / 1e7 / clock.Elapsed.TotalSeconds).ToArray();
        Print($"idle for 10 s, {processes.Length} ranks", string.Join(", ", shares.Select(share => $"{share:F2} %")) + " of a core each, the master first");
    }

    private static long OnCore(int process) => System.IO.Directory.EnumerateDirectories($"/proc/{process}/task")
        .Sum(task => long.Parse(System.IO.File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture));

    private static void Idle(string fabric, int slaves)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, ShowOutput = false });
        processor.ExecuteOnEverySlave(new Echo(1));
        Thread.Sleep(200);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        Thread.Sleep(5000);
        var used = Process.GetCurrentProcess().TotalProcessorTime - before;
        Print($"idle, {slaves} slaves", $"{100 * used.TotalSeconds / clock.Elapsed.TotalSeconds:F2} % of a core");
        before = Process.GetCurrentProcess().TotalProcessorTime;
        clock.Restart();
        processor.Execute(new Nap(5000));
        used = Process.GetCurrentProcess().TotalProcessorTime - before;
        Print($"one sleeping command, {slaves} slaves", $"{100 * used.TotalSeconds / clock.Elapsed.TotalSeconds:F2} % of a core");
    }

    private static void Memory(string fabric, int slaves)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, ShowOutput = false });
        processor.Execute(new Echo(0));
        const int Count = 1_000_000;
        var sum = 0L;
        var add = new Total(value => sum += value);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < Count; i++)
        {
            processor.AddToQueue(new Echo(i), add);
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Count;
        var clock = Stopwatch.StartNew();
        processor.RunQueue();
        Print("memory of a queued command", $"{bytes:F0} bytes; 1,000,000 then ran in {clock.Elapsed.TotalSeconds:F2} s; sum {(sum == (long)Count * (Count - 1) / 2 ? "right" : "WRONG")}");
    }

    private static void Lazy(string fabric, int slaves)
    {
        using var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = slaves, ShowOutput = false });
        const int Count = 10_000_000;
        var sum = 0L;
        var most = 0L;
        var first = 0L;
        var clock = Stopwatch.StartNew();
        processor.RunQueue(
            Enumerable.Range(0, Count).Select(i => new Echo(i)),
            (place, value) =>
            {
                sum += value;
                if (place % 500_000 == 0)
                {
                    var live = GC.GetTotalMemory(forceFullCollection: true);
                    first = first == 0 ? live : first;
                    most = Math.Max(most, live);
                }
            });
        Print("10,000,000 supplied lazily", $"{Count / clock.Elapsed.TotalSeconds:N0} /s; live memory first {first >> 10} KiB, most {most >> 10} KiB; sum {(sum == (long)Count * (Count - 1) / 2 ? "right" : "WRONG")}");
    }

    private static void Check(int[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != i)
            {
                throw new InvalidOperationException($"value {i} is {values[i]}");
            }
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Print(string what, string figure) => Console.WriteLine($"{what,-40} {figure}");
}

internal sealed class Echo(int value) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => value;
}

internal sealed class ProcessId : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => Environment.ProcessId;
}

internal sealed class Nap(int milliseconds) : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }
}

internal sealed class Total(Action<int> add) : Memo<int>
{
    public override void Accept(IMaster master, int value) => add(value);
}
