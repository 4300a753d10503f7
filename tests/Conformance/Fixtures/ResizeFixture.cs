using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 13: a fabric that can be resized grows and shrinks while it runs; another one refuses and names its limit.</summary>
public abstract class ResizeFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    /// <summary>Three slaves, or as many as there can be.</summary>
    private int Three => Math.Min(3, Fabric.MostSlaves);

    [Promise]
    public void Growing_adds_slaves_or_is_refused_with_the_limit()
    {
        var processor = Open(1);
        if (!Traits.Resizable)
        {
            AssertRefused(processor, 3);
            return;
        }

        processor.Resize(Three);
        Assert.That((processor.SlaveCount, processor.Size), Is.EqualTo((Three, Three + 1)));
        Assert.That(processor.ExecuteOnEverySlave(new FactsCommand()).Keys.Order(), Is.EqualTo(Enumerable.Range(1, Three)));
    }

    [Promise]
    public void Shrinking_removes_slaves_or_is_refused_with_the_limit()
    {
        var processor = Open(3);
        if (!Traits.Resizable)
        {
            AssertRefused(processor, processor.SlaveCount + 1);
            return;
        }

        processor.Resize(1);
        Assert.That(processor.SlaveCount, Is.EqualTo(1));
        Assert.That(processor.ExecuteOnEverySlave(new FactsCommand()), Has.Count.EqualTo(1));
        AssertUsable(processor);
    }

    [Promise]
    public void Resizing_to_the_present_size_changes_nothing()
    {
        var processor = Open(2);
        var count = processor.SlaveCount;
        processor.Resize(count);
        Assert.That(processor.SlaveCount, Is.EqualTo(count));
        AssertUsable(processor);
    }

    [Promise]
    [TestCase(0)]
    [TestCase(-1)]
    public void Fewer_than_one_slave_is_no_size(int slaves)
    {
        var processor = Open(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => processor.Resize(slaves));
        AssertUsable(processor);
    }

    [Promise]
    public void Resizing_while_a_run_is_under_way_loses_no_command()
    {
        var processor = Open(2);
        var values = new List<int>();
        var sizes = Traits.Resizable ? new[] { 4, 1, 3, 2 }.Select(size => Math.Min(size, Fabric.MostSlaves)).ToArray() : Enumerable.Repeat(processor.SlaveCount, 4).ToArray();
        for (var i = 0; i < 200; i++)
        {
            processor.AddToQueue(new EchoCommand(i), value =>
            {
                values.Add(value);
                if (values.Count % 50 == 0)
                {
                    processor.Resize(sizes[(values.Count / 50) - 1]);
                }
            });
        }

        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 200)));
        Assert.That(processor.SlaveCount, Is.EqualTo(sizes[^1]));
    }

    [Promise]
    public void Shrinking_waits_for_no_command_to_be_repeated()
    {
        var processor = Open(3);
        for (var i = 0; i < 30; i++)
        {
            processor.AddToQueue(new LeaveTraceCommand(Folder, i));
        }

        processor.RunQueue();
        if (Traits.Resizable)
        {
            processor.Resize(1);
        }

        AssertUsable(processor);
        Assert.That(System.IO.Directory.GetFiles(Folder, "trace-*"), Has.Length.EqualTo(30));
        Assert.That(processor.Statistics.Retried, Is.Zero);
    }

    [Promise]
    public void A_slave_that_joins_later_has_the_data_and_the_start_ups()
    {
        var processor = Open(1, new ProcessorOptions { Startups = [new TraceStartup(Folder, "culture")] });
        processor.SendData("answer", 42);
        processor.Execute(new SilentCommand());
        if (Traits.Resizable)
        {
            processor.Resize(Three);
        }

        Assert.That(processor.ExecuteOnEverySlave(new GetDataCommand<int>("answer")).Values, Is.EqualTo(Enumerable.Repeat(42, processor.SlaveCount)));
        Assert.That(processor.ExecuteOnEverySlave(new CountStartupsCommand(Folder)).Values, Is.EqualTo(Enumerable.Repeat(1, processor.SlaveCount)));
    }

    private void AssertRefused(Processor processor, int slaves)
    {
        var limit = Math.Min(Traits.MaxSlaves, processor.SlaveCount);
        var refusal = Assert.Catch(() => processor.Resize(slaves))!;
        Assert.That(refusal, Is.Not.InstanceOf<NullReferenceException>());
        Assert.That(refusal.Message, Does.Contain(Fabric.Name).And.Contains($"{limit}"));
        AssertUsable(processor);
    }
}
