using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 1: commands are snapshotted when queued and handed out as slaves can take them, first in first out.</summary>
public abstract class DispatchFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_queued_command_runs_only_when_the_queue_is_run()
    {
        var processor = Open();
        var command = processor.AddToQueue(new GiveSignalCommand(Signal("ran")));
        processor.Execute(new SilentCommand());
        Assert.That((processor.QueuedCount, command.Status, File.Exists(Signal("ran"))), Is.EqualTo((1, CommandStatus.Queued, false)));
        processor.RunQueue();
        Assert.That((processor.QueuedCount, command.Status, File.Exists(Signal("ran"))), Is.EqualTo((0, CommandStatus.Done, true)));
    }

    [Promise]
    public void Every_queued_command_runs_exactly_once()
    {
        var processor = Open(3);
        for (var i = 0; i < 200; i++)
        {
            processor.AddToQueue(new LeaveTraceCommand(Folder, i));
        }

        processor.RunQueue();
        var traces = Directory.GetFiles(Folder, "trace-*").Select(path => int.Parse(Path.GetFileName(path).Split('-')[1], System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(traces.Order(), Is.EqualTo(Enumerable.Range(0, 200)));
    }

    [Promise]
    public void One_slave_runs_commands_in_the_order_they_were_queued()
    {
        var processor = Open(1);
        var order = new List<int>();
        for (var i = 0; i < 300; i++)
        {
            processor.AddToQueue(new EchoCommand(i), order.Add);
        }

        processor.RunQueue();
        Assert.That(order, Is.EqualTo(Enumerable.Range(0, 300)));
    }

    [Promise]
    public void An_empty_queue_runs_at_once()
    {
        var processor = Open();
        processor.RunQueue();
        processor.RunQueue();
        AssertUsable(processor);
    }

    [Promise]
    public void A_command_is_snapshotted_when_it_is_queued()
    {
        var processor = Open();
        var notes = new List<string>();
        var command = new NotedCommand { Note = "first", Numbers = [1, 2] };
        processor.AddToQueue(command, notes.Add);
        command.Note = "second";
        command.Numbers[0] = 9;
        processor.RunQueue();
        Assert.That(notes, Is.EqualTo(new[] { "first:1,2" }));
    }

    [Promise]
    public void One_object_queued_twice_is_two_commands()
    {
        var processor = Open();
        var notes = new List<string>();
        var command = new NotedCommand();
        foreach (var note in new[] { "a", "b" })
        {
            command.Note = note;
            processor.AddToQueue(command, notes.Add);
        }

        processor.RunQueue();
        Assert.That(notes, Is.EquivalentTo(new[] { "a:", "b:" }));
    }

    [Promise]
    public void A_large_array_is_snapshotted_when_it_is_queued()
    {
        var processor = Open();
        var numbers = Enumerable.Range(0, 300_000).ToArray();
        var sum = 0L;
        processor.AddToQueue(new EchoCommand<int[]>(numbers), value => sum = value.Sum(x => (long)x));
        Array.Clear(numbers);
        processor.RunQueue();
        Assert.That(sum, Is.EqualTo(299_999L * 150_000L));
    }

    [Promise]
    public void A_submitted_command_is_snapshotted_too()
    {
        var processor = Open(1);
        var command = new NotedCommand { Note = "as submitted" };
        var blocker = processor.Submit(new WorkCommand(50));
        var note = processor.Submit(command);
        command.Note = "changed";
        WaitFor(note, "The command");
        WaitFor(blocker, "The first command");
        Assert.That(note.Result, Is.EqualTo("as submitted:"));
    }

    [Promise]
    public void As_many_commands_run_at_once_as_there_are_slaves()
    {
        var slaves = Fabric.RunsAtOnce ? Math.Min(3, Fabric.MostSlaves) : 1;
        var processor = Open(slaves);
        var ranks = new List<int>();
        for (var i = 0; i < slaves; i++)
        {
            processor.AddToQueue(new MeetCommand(Folder, i, slaves), ranks.Add);
        }

        processor.RunQueue();
        Assert.That(ranks.Order(), Is.EqualTo(Enumerable.Range(1, slaves)));
    }

    [Promise]
    public void A_slow_command_does_not_hold_back_those_behind_it()
    {
        // With slaves that run at once the first command waits for the last one: it ends only if nothing is kept waiting behind it.
        var processor = Open(2);
        var values = new List<int>();
        if (!Fabric.RunsAtOnce)
        {
            Give("last");
        }

        processor.AddToQueue(new AwaitSignalCommand(Signal("last"), 1), values.Add);
        for (var i = 0; i < 50; i++)
        {
            processor.AddToQueue(new EchoCommand(2), values.Add);
        }

        processor.AddToQueue(new GiveSignalCommand(Signal("last"), 3), values.Add);
        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Repeat(2, 50).Prepend(1).Append(3)));
    }

    [Promise]
    public void A_handler_queues_further_commands_into_the_run()
    {
        var processor = Open();
        var values = new List<int>();
        processor.AddToQueue(new EchoCommand(0), new ChainMemo(values, 20));
        processor.RunQueue();
        Assert.That(values, Is.EqualTo(Enumerable.Range(0, 21)));
    }

    [Promise]
    public void A_run_is_repeated_on_one_processor()
    {
        var processor = Open();
        for (var run = 0; run < 20; run++)
        {
            AssertUsable(processor);
        }

        Assert.That(processor.Statistics.Done, Is.EqualTo(100));
    }

    [Promise]
    public void A_submitted_command_starts_without_a_run()
    {
        var processor = Open();
        var task = processor.Submit(new GiveSignalCommand(Signal("ran"), 4));
        Await("ran");
        WaitFor(task, "The command");
        Assert.That(task.Result, Is.EqualTo(4));
    }

    [Promise]
    public void Executing_one_command_leaves_the_queue_as_it_is()
    {
        var processor = Open();
        processor.AddToQueue(new LeaveTraceCommand(Folder, 1));
        Assert.That(processor.Execute(new EchoCommand(5)), Is.EqualTo(5));
        Assert.That((processor.QueuedCount, Directory.GetFiles(Folder).Length), Is.EqualTo((1, 0)));
        processor.RunQueue();
        Assert.That(Directory.GetFiles(Folder), Has.Length.EqualTo(1));
    }

    [Promise]
    [TestCase(Chunking.Adaptive)]
    [TestCase(Chunking.Each)]
    [TestCase(Chunking.Static)]
    public void Every_way_of_chunking_runs_every_command_once(Chunking chunking)
    {
        var processor = Open(3, new ProcessorOptions { Chunking = chunking, Grain = 2 });
        var values = new List<int>();
        for (var i = 0; i < 500; i++)
        {
            processor.AddToQueue(new EchoCommand(i), values.Add);
        }

        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 500)));
    }

    [Promise]
    public void Static_chunks_are_contiguous_slices()
    {
        var processor = Open(3, new ProcessorOptions { Chunking = Chunking.Static });
        processor.ExecuteOnEverySlave(new FactsCommand());
        var ranks = new int[12];
        for (var i = 0; i < ranks.Length; i++)
        {
            processor.AddToQueue(new FactsCommand(i), facts => ranks[facts.Index] = facts.Rank);
        }

        processor.RunQueue();
        var slices = ranks.Chunk(ranks.Length / Math.Min(3, Fabric.MostSlaves));
        Assert.That(slices.Select(slice => slice.Distinct().Count()), Is.All.EqualTo(1), "Whoever takes a slice takes all of it.");
    }

    [Promise]
    public void Ten_thousand_tiny_commands_all_come_home()
    {
        var processor = Open(2);
        var sum = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            processor.AddToQueue(new EchoCommand(i), value => sum += value);
        }

        processor.RunQueue();
        Assert.That(sum, Is.EqualTo(49_995_000L));
    }

    [Promise]
    public void Commands_are_numbered_from_one_in_the_order_they_were_queued()
    {
        var processor = Open();
        var ids = Enumerable.Range(0, 5).Select(i => processor.AddToQueue(new EchoCommand(i)).Id).ToArray();
        processor.RunQueue();
        Assert.That(ids, Is.EqualTo(new[] { 1, 2, 3, 4, 5 }));
    }

    [Promise]
    public void A_label_is_seen_on_both_sides_and_defaults_to_the_type()
    {
        var processor = Open();
        SlaveFacts? facts = null;
        var labelled = processor.AddToQueue(new FactsCommand(), value => facts = value, new CommandOptions { Label = "curve 7" });
        var plain = processor.AddToQueue(new SilentCommand());
        processor.RunQueue();
        Assert.That((labelled.Label, facts!.Label, plain.Label), Is.EqualTo(("curve 7", "curve 7", nameof(SilentCommand))));
    }

    [Promise]
    public void A_null_command_is_refused_where_it_is_queued()
    {
        var processor = Open();
        Assert.Throws<ArgumentNullException>(() => processor.AddToQueue((SlaveCommand)null!));
        Assert.Throws<ArgumentNullException>(() => processor.Submit((SlaveCommand)null!));
        AssertUsable(processor);
    }
}
