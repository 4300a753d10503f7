using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 2: results are applied on the master, once per command, with their memo, on the thread that ran the queue.</summary>
public abstract class ResultFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_value_comes_home_to_its_handler()
    {
        var processor = Open();
        var values = new List<int>();
        processor.AddToQueue(new EchoCommand(42), values.Add);
        processor.RunQueue();
        Assert.That(values, Is.EqualTo(new[] { 42 }));
    }

    [Promise]
    public void A_null_value_is_a_value()
    {
        var processor = Open();
        var values = new List<string?>();
        processor.AddToQueue(new EchoCommand<string?>(null), values.Add);
        processor.RunQueue();
        Assert.That(values, Is.EqualTo(new string?[] { null }));
        Assert.That(processor.Execute(new EchoCommand<string?>(null)), Is.Null);
    }

    [Promise]
    public void A_command_without_results_ends_well()
    {
        var processor = Open();
        var memo = new NoteMemo();
        var command = processor.AddToQueue(new NotesCommand("n", 0), memo);
        processor.RunQueue();
        Assert.That((command.Status, memo.Notes.Count), Is.EqualTo((CommandStatus.Done, 0)));
    }

    [Promise]
    public void Many_results_of_a_command_are_applied_in_the_order_it_returned_them()
    {
        var processor = Open();
        var memo = new NoteMemo();
        processor.AddToQueue(new NotesCommand("n", 100), memo);
        processor.RunQueue();
        Assert.That(memo.Notes, Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"n{i}")));
    }

    [Promise]
    public void Results_sent_before_the_value_are_applied_before_it()
    {
        var processor = Open();
        var memo = new NoteMemo();
        processor.AddToQueue(new ResultAsValueCommand("value"), memo);
        processor.RunQueue();
        Assert.That(memo.Notes, Is.EqualTo(new[] { "before value", "value" }));
    }

    [Promise]
    public void Results_of_a_command_that_failed_are_not_applied()
    {
        var processor = Open();
        var memo = new NoteMemo();
        processor.AddToQueue(new NotesThenThrowCommand("never"), memo);
        Assert.Throws<SlaveCommandException>(() => processor.RunQueue());
        Assert.That(memo.Notes, Is.Empty);
    }

    [Promise]
    public void Results_are_applied_on_the_thread_that_ran_the_queue()
    {
        var processor = Open();
        OnAnotherThread(() =>
        {
            var memo = new NoteMemo();
            var thread = 0;
            processor.AddToQueue(new NotesCommand("n", 1), memo);
            processor.AddToQueue(new EchoCommand(1), _ => thread = Environment.CurrentManagedThreadId);
            processor.RunQueue();
            Assert.That((memo.Thread, thread), Is.EqualTo((Environment.CurrentManagedThreadId, Environment.CurrentManagedThreadId)));
        });
    }

    [Promise]
    public void A_memo_stays_behind_and_meets_the_results_of_its_own_command()
    {
        var processor = Open();
        var memos = Enumerable.Range(0, 30).Select(_ => new NoteMemo()).ToArray();
        for (var i = 0; i < memos.Length; i++)
        {
            processor.AddToQueue(new NotesCommand($"c{i}.", 2), memos[i]);
        }

        processor.RunQueue();
        Assert.That(memos.Select(memo => string.Join(' ', memo.Notes)), Is.EqualTo(Enumerable.Range(0, 30).Select(i => $"c{i}.0 c{i}.1")));
    }

    [Promise]
    public void A_memo_of_a_value_accepts_it_with_what_is_known_of_the_command()
    {
        var processor = Open();
        var memo = new ValueMemo<WorkSpan>();
        processor.AddToQueue(new WorkCommand(30), memo, new CommandOptions { Label = "work" });
        processor.RunQueue();
        var command = memo.Commands.Single();
        Assert.That((command.Label, command.Rank, command.Attempts), Is.EqualTo(("work", memo.Values[0].Rank, 1)));
        Assert.That(command.Duration.TotalMilliseconds, Is.InRange(25, 10_000));
    }

    [Promise]
    public void Results_without_a_memo_see_null()
    {
        var processor = Open();
        var memos = new List<bool>();
        processor.AddToQueue(new MemoProbeCommand());
        MemoProbeResult.Seen = memos;
        processor.RunQueue();
        Assert.That(memos, Is.EqualTo(new[] { true }));
    }

    [Promise]
    public void A_value_that_is_a_result_command_is_run_on_the_master()
    {
        var processor = Open();
        var memo = new NoteMemo();
        processor.AddToQueue(new ResultAsValueCommand("applied"), memo);
        processor.RunQueue();
        Assert.That(memo.Notes, Does.Contain("applied"));
    }

    [Promise]
    public void Each_of_a_thousand_results_is_applied_once()
    {
        var processor = Open(3);
        var memo = new NoteMemo();
        for (var i = 0; i < 500; i++)
        {
            processor.AddToQueue(new NotesCommand($"{i}.", 2), memo);
        }

        processor.RunQueue();
        Assert.That(memo.Notes.Distinct().Count(), Is.EqualTo(1000));
        Assert.That(memo.Notes, Has.Count.EqualTo(1000));
    }

    [Promise]
    public void Results_are_applied_in_the_order_in_which_commands_complete()
    {
        // Where slaves run at once the first command is released by a handler of the second: completion order, not queue order.
        var processor = Open(2);
        var order = new List<int>();
        if (!Fabric.RunsAtOnce)
        {
            Give("go");
        }

        processor.AddToQueue(new AwaitSignalCommand(Signal("go"), 1), order.Add);
        processor.AddToQueue(new EchoCommand(2), value =>
        {
            order.Add(value);
            Give("go");
        });
        processor.RunQueue();
        Assert.That(order, Is.EquivalentTo(new[] { 1, 2 }));
        Assert.That(Fabric.RunsAtOnce ? order[0] : 2, Is.EqualTo(2));
    }

    [Promise]
    public void Values_of_a_supplied_run_come_with_their_index()
    {
        var processor = Open(3);
        var values = new Dictionary<long, int>();
        processor.RunQueue(Enumerable.Range(0, 100).Select(i => new EchoCommand(i * 3)), (long index, int value) => values.Add(index, value));
        Assert.That(values.OrderBy(pair => pair.Key), Is.EqualTo(Enumerable.Range(0, 100).Select(i => KeyValuePair.Create((long)i, i * 3))));
    }

    [Promise]
    public void Executing_a_command_brings_its_value()
    {
        var processor = Open();
        Assert.That(processor.Execute(new EchoCommand<string>("home")), Is.EqualTo("home"));
    }

    [Promise]
    public void Submitting_many_commands_brings_each_its_own_value()
    {
        var processor = Open(2);
        var tasks = Enumerable.Range(0, 100).Select(i => processor.Submit(new EchoCommand(i))).ToArray();
        foreach (var task in tasks)
        {
            WaitFor(task, "A command");
        }

        Assert.That(tasks.Select(task => task.Result), Is.EqualTo(Enumerable.Range(0, 100)));
    }

    [Promise]
    public void A_value_keeps_its_own_type_behind_a_wider_one()
    {
        var processor = Open();
        Assert.That(processor.Execute(new EchoCommand<object>(new SlaveFacts(1, 2, 3, "n", 1, null, "h", 9))), Is.EqualTo(new SlaveFacts(1, 2, 3, "n", 1, null, "h", 9)));
        Assert.That(processor.Execute(new EchoCommand<IEnumerable<int>>(new List<int> { 1, 2 })), Is.TypeOf<List<int>>().And.EqualTo(new[] { 1, 2 }));
    }

    [Promise]
    public void A_handler_sees_the_data_of_the_master()
    {
        var processor = Open();
        processor.SendData("offset", 10);
        var sum = 0;
        processor.AddToQueue(new EchoCommand(5), new ActionMemo<int>((master, value) => sum = value + master.Data.Get<int>("offset")));
        processor.RunQueue();
        Assert.That(sum, Is.EqualTo(15));
    }

    [Promise]
    public void A_large_result_comes_home_whole()
    {
        var processor = Open();
        var numbers = Enumerable.Range(0, 2_000_000).Select(i => i * 0.5).ToArray();
        Assert.That(processor.Execute(new EchoCommand<double[]>(numbers)).AsSpan().SequenceEqual(numbers), Is.True);
    }

    [Promise]
    public void A_command_is_done_only_after_its_results_were_applied()
    {
        var processor = Open();
        var command = processor.AddToQueue(new EchoCommand(1), _ => { });
        processor.RunQueue();
        Assert.That((command.Status, command.Rank > 0), Is.EqualTo((CommandStatus.Done, true)));
    }

    [Promise]
    public void Statistics_count_what_every_slave_did()
    {
        var processor = Open(2);
        for (var i = 0; i < 40; i++)
        {
            processor.AddToQueue(new EchoCommand(i));
        }

        processor.RunQueue();
        var statistics = processor.Statistics;
        Assert.That((statistics.Queued, statistics.Done, statistics.Failed, statistics.Cancelled), Is.EqualTo((40L, 40L, 0L, 0L)));
        Assert.That(statistics.Slaves.Sum(slave => slave.Commands), Is.EqualTo(40));
        Assert.That(statistics.Slaves.Select(slave => slave.Rank), Is.EqualTo(Enumerable.Range(1, processor.SlaveCount)));
        Assert.That(statistics.Slaves.All(slave => slave.Alive), Is.True);
    }
}
