using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>Opens processors for tests of races and bounds what may hang.</summary>
internal static class Race
{
    internal static Processor Open(string fabric = "thread", int slaves = 2, ProcessorOptions? options = null)
    {
        while (TakesTime.Begun.Wait(0))
        {
            // What an earlier test left.
        }

        return Processor.Load(fabric, null, slaves, (options ?? new ProcessorOptions()) with { ShowOutput = false });
    }

    /// <summary>Waits until a <see cref="TakesTime"/> has begun.</summary>
    internal static void AwaitBegun() => Assert.That(TakesTime.Begun.Wait(TimeSpan.FromSeconds(20)), Is.True);

    /// <summary>Runs <paramref name="body"/> on a thread of its own; fails when it has not returned in time. Returns how long it took.</summary>
    internal static TimeSpan Within(TimeSpan most, Action body)
    {
        Exception? thrown = null;
        var clock = Stopwatch.StartNew();
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception exception)
            {
                thrown = exception; // Belongs to the test's own thread, which throws it below.
            }
        })
        { IsBackground = true };
        thread.Start();
        Assert.That(thread.Join(most), Is.True, $"did not return within {most.TotalSeconds} s");
        if (thrown is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        }

        return clock.Elapsed;
    }
}

internal sealed class Nothing : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => 1;
}

/// <summary>Takes its time; looks at its token when told to.</summary>
internal sealed class TakesTime(int milliseconds, bool cooperative) : SlaveCommand<int>
{
    private readonly int _milliseconds = milliseconds;
    private readonly bool _cooperative = cooperative;

    /// <summary>Released once for each that has begun; slaves of these tests live in this process.</summary>
    internal static readonly SemaphoreSlim Begun = new(0);

    public override int Run(ISlaveContext slave)
    {
        Begun.Release();
        using var never = new ManualResetEventSlim(false);
        never.Wait(_milliseconds, _cooperative ? slave.Cancellation : default);
        return _milliseconds;
    }
}

internal sealed class Fails : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave) => throw new InvalidOperationException("as asked");
}

internal sealed class Floods : SlaveCommand<int>
{
    public override int Run(ISlaveContext slave)
    {
        while (!slave.Cancellation.IsCancellationRequested)
        {
            Console.WriteLine("flood flood flood flood flood flood");
        }

        return 0;
    }
}

/// <summary>Its value is still being changed while it is encoded.</summary>
internal sealed class ChangingValue : SlaveCommand<Dictionary<int, int>>
{
    public override Dictionary<int, int> Run(ISlaveContext slave)
    {
        var value = new Dictionary<int, int>();
        for (var i = 0; i < 300_000; i++)
        {
            value[i] = i;
        }

        var changing = new ManualResetEventSlim(false);
        new Thread(() =>
        {
            var clock = Stopwatch.StartNew();
            for (var i = 300_000; clock.ElapsedMilliseconds < 1000; i++)
            {
                value[i] = 1;
                value.Remove(i - 5);
                changing.Set();
            }
        })
        { IsBackground = true }.Start();
        changing.Wait();
        return value;
    }
}

/// <summary>Brings a result command home that submits another of its kind and waits for it.</summary>
internal sealed class ReturnsResult(int depth) : SlaveCommand
{
    private readonly int _depth = depth;

    public override void Run(ISlaveContext slave) => slave.ReturnResult(new Applied(_depth));

    internal sealed class Applied(int depth) : ResultCommand
    {
        private readonly int _depth = depth;

        public override void Run(IMaster master, Memo? memo)
        {
            if (_depth > 0)
            {
                Processor.Current.Submit(new ReturnsResult(_depth - 1)).GetAwaiter().GetResult();
            }
        }
    }
}
