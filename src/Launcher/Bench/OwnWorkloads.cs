using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Bench;

/// <summary>wake: one no-op command at a time, each for a slave that has gone to sleep while the master computed; asleep: after the master slept as well. Not of the contract.</summary>
/// <param name="masterSleeps">Whether the master sleeps meanwhile.</param>
internal sealed class WakeWorkload(bool masterSleeps) : Workload
{
    private const int PauseMilliseconds = 3;

    /// <inheritdoc/>
    internal override string Name => masterSleeps ? "asleep" : "wake";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var trips = new double[stage.TasksOr(300)];
        var measured = stage.Time(trips.Length, 8, () =>
        {
            for (var i = 0; i < trips.Length; i++)
            {
                Pause();
                trips[i] = RoundTripWorkload.Trip(processor, i);
            }
        });
        return measured with { More = RoundTripWorkload.Percentiles(trips) };
    }

    private void Pause()
    {
        if (masterSleeps)
        {
            Thread.Sleep(PauseMilliseconds);
            return;
        }

        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start).TotalMilliseconds < PauseMilliseconds;)
        {
            Thread.SpinWait(10);
        }
    }
}

/// <summary>map: a map over ints, as it comes home in order. Not of the contract.</summary>
internal sealed class MapWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "map";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var items = Enumerable.Range(0, stage.TasksOr(100_000)).ToArray();
        int[] values = [];
        var measured = stage.Time(items.Length, 8, () => values = processor.Map(items, item => item).ToArray());
        Stage.Check(values.AsSpan().SequenceEqual(items), "a map over numbers did not bring them back");
        return measured;
    }
}

/// <summary>memory: what a million queued commands hold of the master's memory; then they run. Not of the contract.</summary>
internal sealed class MemoryWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "memory";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var count = stage.TasksOr(1_000_000);
        var sum = 0L;
        Action<int> add = value => sum += value;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
        {
            processor.AddToQueue(new NoOp(i), add);
        }

        var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)count;
        var measured = stage.Time(count, 8, () => processor.RunQueue());
        Stage.Check(sum == (long)count * (count - 1) / 2, "the numbers of queued commands add up to another sum");
        return measured with { More = [("bytes_per_command", Math.Round(bytes, 1))] };
    }
}

/// <summary>lazy: ten million commands from an input that is read as they are needed. Not of the contract.</summary>
internal sealed class LazyWorkload : Workload
{
    private const int Looks = 20;

    /// <inheritdoc/>
    internal override string Name => "lazy";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var count = stage.TasksOr(10_000_000);
        var sum = 0L;
        var live = new List<long>();
        var measured = stage.Time(count, 8, () => processor.RunQueue(Enumerable.Range(0, count).Select(i => new NoOp(i)), (place, value) =>
        {
            sum += value;
            if (place % Math.Max(1, count / Looks) == 0)
            {
                live.Add(GC.GetTotalMemory(forceFullCollection: true));
            }
        }));
        Stage.Check(sum == (long)count * (count - 1) / 2, "the numbers of supplied commands add up to another sum");
        return measured with { More = [("live_first_kib", live[0] >> 10), ("live_most_kib", live.Max() >> 10)] };
    }
}

/// <summary>capture: commands that print 1,000 bytes, beside as many that write the same text to a file, unbuffered like the console, and as many that return it. Not of the contract.</summary>
internal sealed class CaptureWorkload : Workload
{
    /// <inheritdoc/>
    internal override string Name => "capture";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        var texts = new string[stage.TasksOr(10_000)];
        var commands = new Commands.ICommandInfo[texts.Length];
        var written = Queued(i => processor.AddToQueue(new WriteText(i)));
        var returned = Queued(i => processor.AddToQueue(new ReturnText(i), text => texts[i] = text));
        Check("a text came back changed");
        var measured = stage.Time(texts.Length, ReturnText.Length, () =>
        {
            Queued(i => commands[i] = processor.AddToQueue(new PrintText(i)));
            for (var i = 0; i < commands.Length; i++)
            {
                texts[i] = commands[i].Output.Out;
            }
        });
        Check("what commands printed is missing or torn");
        return measured with { More = [("written_s", Math.Round(written, 6)), ("times_written", Math.Round(measured.Seconds / written, 3)), ("returned_s", Math.Round(returned, 6)), ("times_returned", Math.Round(measured.Seconds / returned, 3))] };

        double Queued(Action<int> add)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < texts.Length; i++)
            {
                add(i);
            }

            processor.RunQueue();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }

        void Check(string what) => Stage.Check(texts.Select((text, place) => text == ReturnText.Text(place)).All(right => right), what);
    }
}

/// <summary>cancel: how long it takes until a future that waits in the queue has ended as cancelled, one at a time. Not of the contract.</summary>
internal sealed class CancelWorkload : Workload
{
    private const int InFront = 20_000; // More than slaves are handed ahead of time.

    /// <inheritdoc/>
    internal override string Name => "cancel";

    /// <inheritdoc/>
    internal override Measurement Run(Processor processor, Stage stage)
    {
        using var hold = new CancellationTokenSource();
        var busy = Enumerable.Range(0, stage.Slaves).Select(_ => processor.Submit(new UntilCancelled(), cancellation: hold.Token)).ToArray();
        var front = Enumerable.Range(0, InFront).Select(i => processor.Submit(new NoOp(i))).ToArray();
        var waits = new double[stage.TasksOr(1000)];
        var single = new CancellationTokenSource[waits.Length];
        var futures = new Task[waits.Length];
        for (var i = 0; i < waits.Length; i++)
        {
            single[i] = new CancellationTokenSource();
            futures[i] = processor.Submit(new NoOp(i), cancellation: single[i].Token);
        }

        var measured = stage.Time(waits.Length, 0, () =>
        {
            for (var i = waits.Length - 1; i >= 0; i--)
            {
                var start = Stopwatch.GetTimestamp();
                single[i].Cancel();
                ((IAsyncResult)futures[i]).AsyncWaitHandle.WaitOne();
                waits[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            }
        });
        Stage.Check(futures.All(future => future.IsCanceled), "a future that waited was not cancelled");
        hold.Cancel();
        Array.ForEach(busy, future => ((IAsyncResult)future).AsyncWaitHandle.WaitOne());
        Task.WaitAll(front);
        Array.ForEach(single, source => source.Dispose());
        return measured with { More = RoundTripWorkload.Percentiles(waits) };
    }
}
