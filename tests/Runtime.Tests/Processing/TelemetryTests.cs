using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>What listeners of .NET's meters and activities are told.</summary>
[NonParallelizable]
internal sealed class TelemetryTests
{
    [TestCase("uni")]
    [TestCase("thread")]
    public void A_meter_listener_sees_what_was_done(string fabric)
    {
        var sums = new ConcurrentDictionary<string, double>();
        using var listener = Listen(sums);
        double took;
        using (var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = 1, ErrorPolicy = ErrorPolicy.Continue, ShowOutput = false, Grace = TimeSpan.FromSeconds(30) }))
        {
            for (var i = 0; i < 10; i++)
            {
                processor.AddToQueue(new WorkOrFail(i == 3));
            }

            var clock = Stopwatch.StartNew();
            Assert.Throws<AggregateException>(() => processor.RunQueue());
            took = clock.Elapsed.TotalSeconds;
            Assert.That(sums["hpcruntime.slaves"], Is.EqualTo(1));
        }

        Assert.That(sums["hpcruntime.commands.queued"], Is.EqualTo(10));
        Assert.That((sums["hpcruntime.commands.ended done"], sums["hpcruntime.commands.ended failed"]), Is.EqualTo((9.0, 1.0)));
        Assert.That((sums["hpcruntime.command.duration done #"], sums["hpcruntime.command.duration failed #"], sums["hpcruntime.command.wait #"]), Is.EqualTo((9.0, 1.0, 10.0)));
        Assert.That(sums["hpcruntime.command.duration done"], Is.InRange(8.9 * WorkOrFail.Seconds, took));
        Assert.That((sums["hpcruntime.bytes.sent"], sums["hpcruntime.bytes.received"]), Is.GreaterThan((100.0, 100.0)));
        Assert.That(sums["hpcruntime.slaves"], Is.Zero);
    }

    [TestCase("uni")]
    [TestCase("thread")]
    public void An_activity_listener_sees_each_command_and_its_four_parts(string fabric)
    {
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = seen.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var outer = new Activity("the program's own").Start();
        double took;
        using (var processor = Processor.Load(fabric, new ProcessorOptions { Slaves = 1, ErrorPolicy = ErrorPolicy.Continue, ShowOutput = false }))
        {
            processor.AddToQueue(new WorkOrFail(false), _ => { }, new CommandOptions { Label = "good" });
            processor.AddToQueue(new WorkOrFail(true), options: new CommandOptions { Label = "bad" });
            var clock = Stopwatch.StartNew();
            Assert.Throws<AggregateException>(() => processor.RunQueue());
            took = clock.Elapsed.TotalSeconds;
            Assert.That(Activity.Current, Is.SameAs(outer));
        }

        var commands = seen.Where(activity => activity.OperationName == "command").ToDictionary(activity => activity.DisplayName);
        Assert.That(commands.Keys, Is.EquivalentTo(new[] { "good", "bad" }));
        foreach (var command in commands.Values)
        {
            var parts = seen.Where(activity => activity.ParentSpanId == command.SpanId && activity.TraceId == command.TraceId).OrderBy(activity => activity.StartTimeUtc).ThenBy(activity => activity.StartTimeUtc + activity.Duration).ToList();
            Assert.That(parts.Select(part => part.OperationName), Is.EquivalentTo(new[] { "queue", "dispatch", "run", "result" }));
            Assert.That(Math.Abs((parts.Sum(part => part.Duration.TotalSeconds)) - command.Duration.TotalSeconds), Is.LessThan(1e-4), "The parts fill the whole.");
            Assert.That(parts.Single(part => part.OperationName == "run").Duration.TotalSeconds, Is.InRange(0.9 * WorkOrFail.Seconds, took));
            Assert.That((command.GetTagItem("hpcruntime.rank"), command.GetTagItem("hpcruntime.attempt")), Is.EqualTo((1, 1)));
        }

        Assert.That((commands["good"].Status, commands["good"].GetTagItem("hpcruntime.outcome")), Is.EqualTo((ActivityStatusCode.Ok, "done")));
        Assert.That((commands["bad"].Status, commands["bad"].GetTagItem("hpcruntime.outcome")), Is.EqualTo((ActivityStatusCode.Error, "failed")));
        var applied = seen.Single(activity => activity.OperationName == "apply");
        Assert.That((applied.ParentSpanId, applied.GetTagItem("hpcruntime.command.label")), Is.EqualTo((outer.SpanId, "good")));
    }

    [Test]
    public void A_lost_slave_and_the_repeated_execution_are_told()
    {
        var sums = new ConcurrentDictionary<string, double>();
        using var listener = Listen(sums);
        var rig = new MasterRig(replaces: true);
        var first = rig.Slave(1);
        var command = rig.Queue();
        rig.Step();
        first.Lose("killed by SIGKILL");
        var next = rig.Slave(1, incarnation: 2);
        next.Finish(command.Id, 5);
        rig.Step();
        Assert.That((sums["hpcruntime.slaves.lost"], sums["hpcruntime.attempts.repeated"]), Is.EqualTo((1.0, 1.0)));
        Assert.That((sums["hpcruntime.command.duration repeated #"], sums["hpcruntime.command.duration done #"]), Is.EqualTo((1.0, 1.0)));
    }

    private static MeterListener Listen(ConcurrentDictionary<string, double> sums)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == Telemetry.SourceName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var name = tags.Length > 0 ? $"{instrument.Name} {tags[0].Value}" : instrument.Name;
            sums.AddOrUpdate(name, value, (_, sum) => sum + value);
            sums.AddOrUpdate(name + " #", 1, (_, count) => count + 1);
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;
    }

    private sealed class WorkOrFail(bool fails) : SlaveCommand<int>
    {
        internal const double Seconds = 0.005;

        public override int Run(ISlaveContext slave)
        {
            Thread.Sleep(TimeSpan.FromSeconds(Seconds));
            return fails ? throw new InvalidOperationException("on purpose") : 1;
        }
    }
}
