using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 9: data sent once is on every rank, versioned; a command sees what was current when it was queued.</summary>
public abstract class DataFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void Data_is_on_every_slave()
    {
        var processor = Open(3);
        processor.SendData("answer", 42);
        Assert.That(processor.ExecuteOnEverySlave(new GetDataCommand<int>("answer")).Values, Is.EqualTo(Enumerable.Repeat(42, processor.SlaveCount)));
    }

    [Promise]
    public void Data_is_on_the_master_too()
    {
        var processor = Open();
        processor.SendData("answer", 42);
        Assert.That(processor.Data.Get<int>("answer"), Is.EqualTo(42));
        Assert.That((processor.Data.TryGet<int>("answer", out var value), value, processor.Data.TryGet<int>("nothing", out _)), Is.EqualTo((true, 42, false)));
    }

    [Promise]
    public void A_missing_name_is_told_with_the_rank()
    {
        var processor = Open(1);
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new GetDataCommand<int>("nowhere")))!;
        Assert.That(failure.RemoteType, Is.EqualTo(typeof(DataNotFoundException).FullName));
        Assert.That(failure.RemoteMessage, Does.Contain("nowhere").And.Contains("rank 1"));
    }

    [Promise]
    public void A_name_missing_on_the_master_is_told_with_rank_0()
    {
        var failure = Assert.Throws<DataNotFoundException>(() => Open().Data.Get<int>("nowhere"))!;
        Assert.That((failure.Name, failure.Rank), Is.EqualTo(("nowhere", 0)));
    }

    [Promise]
    public void A_value_of_another_type_is_not_found()
    {
        var processor = Open();
        processor.SendData("text", "seven");
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new GetDataCommand<int>("text")))!;
        Assert.That(failure.RemoteType, Is.EqualTo(typeof(DataNotFoundException).FullName));
        Assert.That(failure.RemoteMessage, Does.Contain("text").And.Contains("String"));
        Assert.Throws<DataNotFoundException>(() => processor.Data.Get<int>("text"));
    }

    [Promise]
    public void Asking_whether_data_is_there_throws_nothing()
    {
        var processor = Open();
        processor.SendData("here", 1);
        Assert.That((processor.Execute(new HasDataCommand<int>("here")), processor.Execute(new HasDataCommand<int>("there")), processor.Execute(new HasDataCommand<string>("here"))), Is.EqualTo((true, false, false)));
    }

    [Promise]
    public void A_command_sees_the_version_that_was_current_when_it_was_queued()
    {
        var processor = Open(2);
        var values = new List<int>();
        for (var version = 1; version <= 5; version++)
        {
            processor.SendData("version", version);
            processor.AddToQueue(new GetDataCommand<int>("version"), values.Add);
        }

        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
    }

    [Promise]
    public void A_command_that_waits_keeps_its_version_while_newer_ones_are_sent()
    {
        var processor = Open(1);
        processor.SendData("version", "old");
        var blocker = processor.Submit(new WorkCommand(100));
        var waiting = processor.Submit(new GetDataCommand<string>("version"));
        processor.SendData("version", "new");
        var late = processor.Submit(new GetDataCommand<string>("version"));
        foreach (var task in new System.Threading.Tasks.Task[] { blocker, waiting, late })
        {
            WaitFor(task, "A command");
        }

        Assert.That((waiting.Result, late.Result), Is.EqualTo(("old", "new")));
    }

    [Promise]
    public void A_command_queued_before_any_data_does_not_see_it()
    {
        var processor = Open(1);
        var present = true;
        processor.AddToQueue(new HasDataCommand<int>("late"), value => present = value);
        processor.SendData("late", 1);
        processor.RunQueue();
        Assert.That((present, processor.Execute(new HasDataCommand<int>("late"))), Is.EqualTo((false, true)));
    }

    [Promise]
    public void Removed_data_is_gone_for_later_commands_only()
    {
        var processor = Open(1);
        var value = 0;
        processor.SendData("passing", 9);
        processor.AddToQueue(new GetDataCommand<int>("passing"), found => value = found);
        processor.RemoveData("passing");
        processor.RunQueue();
        Assert.That((value, processor.Execute(new HasDataCommand<int>("passing")), processor.Data.TryGet<int>("passing", out _)), Is.EqualTo((9, false, false)));
    }

    [Promise]
    public void Sending_data_runs_nothing_that_is_queued()
    {
        var processor = Open();
        processor.AddToQueue(new GiveSignalCommand(Signal("ran")));
        processor.SendData("answer", 42);
        processor.Execute(new GetDataCommand<int>("answer"));
        Assert.That((processor.QueuedCount, File.Exists(Signal("ran"))), Is.EqualTo((1, false)));
    }

    [Promise]
    public void Names_do_not_disturb_each_other()
    {
        var processor = Open(2);
        processor.SendData("a", 1);
        processor.SendData("b", "two");
        processor.SendData("a", 3);
        Assert.That((processor.Execute(new GetDataCommand<int>("a")), processor.Execute(new GetDataCommand<string>("b"))), Is.EqualTo((3, "two")));
    }

    [Promise]
    public void Large_data_arrives_whole()
    {
        var processor = Open(2);
        processor.SendData("spectrum", Enumerable.Range(0, 1_000_000).ToArray());
        Assert.That(processor.ExecuteOnEverySlave(new SumDataCommand("spectrum")).Values, Is.All.EqualTo(unchecked((int)(999_999L * 500_000L))));
    }

    [Promise]
    public void Each_command_sees_its_version_of_large_data_that_changes_between_them()
    {
        var processor = Open(2);
        var sums = new List<(int Version, int Sum)>();
        for (var version = 1; version <= 4; version++)
        {
            processor.SendData("spectrum", Enumerable.Repeat(version, 100_000).ToArray());
            for (var i = 0; i < 4; i++)
            {
                var expected = version * 100_000;
                processor.AddToQueue(new SumDataCommand("spectrum"), sum => sums.Add((expected, sum)));
            }
        }

        processor.RunQueue();
        Assert.That(sums, Has.Count.EqualTo(16));
        Assert.That(sums.Where(pair => pair.Sum != pair.Version), Is.Empty);
    }

    [Promise]
    public void A_graph_of_objects_is_data()
    {
        var processor = Open();
        processor.SendData("table", new Dictionary<string, List<double>> { ["x"] = [1, 2], ["y"] = [3] });
        Assert.That(processor.Execute(new GetDataCommand<Dictionary<string, List<double>>>("table")), Is.EqualTo(new Dictionary<string, List<double>> { ["x"] = [1, 2], ["y"] = [3] }));
    }

    [Promise]
    public void Data_that_cannot_travel_is_refused_where_it_is_sent()
    {
        var processor = Open();
        processor.SendData("instrument", 1);
        var failure = Assert.Throws<WireTypeException>(() => processor.SendData("instrument", new Instrument { Readings = new MemoryStream() }))!;
        Assert.That(failure.Message, Does.Contain("Readings"));
        Assert.That(processor.Execute(new GetDataCommand<int>("instrument")), Is.EqualTo(1), "What was there is still there.");
    }

    [Promise]
    public void A_hundred_versions_leave_the_last()
    {
        var processor = Open(2);
        for (var version = 0; version < 100; version++)
        {
            processor.SendData("version", version);
        }

        Assert.That(processor.ExecuteOnEverySlave(new GetDataCommand<int>("version")).Values, Is.All.EqualTo(99));
    }

    [Promise]
    public void A_name_must_be_given()
    {
        var processor = Open();
        Assert.Catch<ArgumentException>(() => processor.SendData(null!, 1));
        AssertUsable(processor);
    }
}
