using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>What the master says, and what it makes of what slaves say, message by message. How slaves are lost is told in <see cref="MasterLoopLossTests"/>.</summary>
public sealed class MasterLoopTests
{
    [Test]
    public void A_slave_is_welcomed_and_then_given_work()
    {
        var rig = new MasterRig();
        var entry = rig.Queue(42);
        rig.Step();
        Assert.That((entry.Status, rig.Loop.AliveSlaves), Is.EqualTo((CommandStatus.Queued, 0)));
        var slave = rig.Slave(1);
        Assert.That(slave.Told, Is.EqualTo(new[] { "Welcome", "Commands 1" }));
        Assert.That(((EchoCommand)slave.Commands.Single()).Value, Is.EqualTo(42));
        Assert.That((entry.Status, entry.Rank, entry.Attempts), Is.EqualTo((CommandStatus.Sent, 1, 1)));
    }

    [Test]
    public void A_slave_that_has_not_said_hello_is_given_nothing()
    {
        var rig = new MasterRig();
        var silent = new ScriptedSlave(rig.Communicator, 1, 1);
        silent.Join();
        rig.Queue();
        rig.Step();
        Assert.That((rig.Loop.AliveSlaves, rig.Communicator.Sent.Count), Is.EqualTo((1, 0)));
    }

    [Test]
    public void A_value_comes_home_with_its_duration_and_waits_to_be_applied()
    {
        var rig = new MasterRig();
        var slave = rig.Slave(1);
        var entry = rig.Queue();
        rig.Step();
        slave.Finish(entry.Id, "value", duration: TimeSpan.FromSeconds(2));
        rig.Step();
        Assert.That((entry.Status, entry.Value, entry.Duration), Is.EqualTo((CommandStatus.Done, (object)"value", TimeSpan.FromSeconds(2))));
        Assert.That((rig.Run.Outstanding, rig.TakeReady(), rig.Loop.DoneCount), Is.EqualTo((0L, 1, 1L)));
        Assert.That(entry.Snapshot, Is.Null, "What only running needed is let go.");
    }

    [Test]
    public void The_first_commands_of_a_kind_spread_over_all_slaves_and_then_work_is_prefetched()
    {
        var rig = new MasterRig();
        ScriptedSlave[] slaves = [rig.Slave(1), rig.Slave(2)];
        for (var i = 0; i < 6; i++)
        {
            rig.Queue();
        }

        rig.Step();
        Assert.That(slaves.Select(slave => slave.Commands.Count), Is.EqualTo(new[] { 1, 1 }));
        slaves[0].Finish(long.Parse(slaves[0].Told[1].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), 0);
        rig.Step();
        Assert.That(slaves.Select(slave => slave.Commands.Count), Is.EqualTo(new[] { 5, 1 }), "One that is fast is given the next before it asks.");
    }

    [Test]
    public void Short_commands_travel_together_and_the_end_of_a_run_in_smaller_chunks()
    {
        var rig = new MasterRig(new ProcessorOptions());
        var slave = rig.Slave(1);
        rig.Learn(slave);
        for (var i = 0; i < 20; i++)
        {
            rig.Queue();
        }

        rig.Step();
        Assert.That(slave.Told, Is.EqualTo(new[] { "Commands 2 3 4 5 6 7 8 9 10 11" }));
        for (var id = 2; id <= 21; id++)
        {
            slave.Finish(id, 0);
            rig.Step();
        }

        Assert.That(slave.Told.Select(told => told.Split(' ').Length - 1).ToArray(), Is.Ordered.Descending.And.ItemAt(1).EqualTo(5));
        Assert.That(slave.Told.SelectMany(told => told.Split(' ').Skip(1)), Is.EqualTo(Enumerable.Range(2, 20).Select(id => $"{id}")));
    }

    [Test]
    public void The_compatible_policy_deals_out_the_chunks_of_relax_one_at_a_time()
    {
        var rig = new MasterRig(new ProcessorOptions { Chunking = Chunking.Static });
        ScriptedSlave[] slaves = [rig.Slave(1), rig.Slave(2), rig.Slave(3)];
        rig.Loop.EnqueueStatic([.. Enumerable.Range(0, 7).Select(_ => rig.Make())]);
        rig.Step();
        Assert.That(slaves.Select(slave => slave.Told.Last()), Is.EquivalentTo(new[] { "Commands 1 2 7", "Commands 3 4", "Commands 5 6" }));
    }

    [Test]
    public void Type_definitions_are_told_to_each_slave_once()
    {
        var rig = new MasterRig();
        var first = rig.Slave(1);
        rig.Learn(first);
        rig.Queue();
        rig.Queue();
        rig.Step();
        Assert.That(first.Definitions, Is.EqualTo(new[] { 0, 0 }), "Those of the command came with the one before.");
        var late = rig.Slave(2);
        var its = rig.Queue(0, null, pinned: 2);
        rig.Queue(0, null, pinned: 2);
        rig.Step();
        late.Finish(its.Id, 0);
        rig.Step();
        Assert.That(late.Definitions.Sum(), Is.GreaterThan(0));
        Assert.That(late.Definitions.Skip(1), Is.All.Zero);
        Assert.That(late.Commands, Has.Count.EqualTo(2));
    }

    [Test]
    public void Data_go_out_before_the_first_command_that_may_see_them_and_once()
    {
        var rig = new MasterRig();
        var early = rig.Slave(1);
        rig.Send("x", "a");
        var first = rig.Queue(0, null, pinned: 1);
        rig.Queue(0, null, pinned: 1);
        rig.Step();
        Assert.That(early.Told, Is.EqualTo(new[] { "Welcome", "Data x@1=a, oldest 1", "Commands 1" }), "A pinned command waits here until its slave is free.");
        early.Finish(first.Id, 0);
        rig.Step();
        Assert.That(early.Told, Is.EqualTo(new[] { "Welcome", "Data x@1=a, oldest 1", "Commands 1", "Commands 2" }));
        var late = rig.Slave(2);
        Assert.That(late.Told, Is.EqualTo(new[] { "Welcome" }));
        var third = rig.Queue(0, null, pinned: 2);
        rig.Queue(0, null, pinned: 2);
        Assert.That(late.Told.Count, Is.EqualTo(1));
        rig.Step();
        late.Finish(third.Id, 0);
        rig.Step();
        Assert.That(late.Told, Is.EqualTo(new[] { "Welcome", "Data x@1=a, oldest 1", "Commands 3", "Commands 4" }));
    }

    [Test]
    public void A_value_that_was_replaced_before_a_slave_needed_it_is_not_sent_to_it()
    {
        var rig = new MasterRig();
        rig.Send("x", "a");
        var slave = rig.Slave(1);
        rig.Send("x", "b");
        Assert.That(slave.Told, Is.EqualTo(new[] { "Welcome", "Data x@2=b, oldest 2" }));
    }

    [Test]
    public void A_slave_that_comes_late_has_every_version_that_a_command_may_still_see()
    {
        var rig = new MasterRig();
        rig.Send("x", "a");
        var queued = rig.Queue();
        rig.Send("x", "b");
        var late = rig.Slave(1);
        Assert.That(late.Told, Is.EqualTo(new[] { "Welcome", "Data x@1=a, oldest 1", "Data x@2=b, oldest 1", "Commands 1" }));
        late.Finish(queued.Id, 0);
        rig.Step();
        rig.Send("x", null);
        Assert.That(late.Told.Skip(4), Is.EqualTo(new[] { "Data x@3 removed, oldest 3" }));
        var later = rig.Slave(2);
        rig.Queue(0, null, pinned: 2);
        rig.Step();
        Assert.That(later.Told, Is.EqualTo(new[] { "Welcome", "Data x@3 removed, oldest 3", "Commands 2" }), "Versions that nobody can see are not kept.");
    }

    [Test]
    public void A_name_that_was_removed_is_not_kept_for_slaves_that_come_late()
    {
        var rig = new MasterRig();
        rig.Send("x", "a");
        rig.Send("x", null);
        rig.Send("y", "b");
        var late = rig.Slave(1);
        rig.Queue();
        rig.Step();
        Assert.That(late.Told, Is.EqualTo(new[] { "Welcome", "Data y@3=b, oldest 3", "Commands 1" }));
    }

    [Test]
    public void Work_held_back_for_a_millisecond_is_recalled_for_an_idle_slave_and_runs_there()
    {
        var rig = new MasterRig();
        var rich = rig.Slave(1);
        rig.Learn(rich);
        var entries = Enumerable.Range(0, 5).Select(_ => rig.Queue()).ToArray();
        var before = System.Diagnostics.Stopwatch.StartNew();
        rig.Step();
        Assert.That(rich.Commands, Has.Count.EqualTo(5));
        var idle = rig.Slave(2);
        while (!rich.Told.Contains("Recall 2"))
        {
            Assert.That(before.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
            rig.Step();
            Assert.That(rich.Told.Contains("Recall 2") || rig.Communicator.Patience == TimeSpan.FromMilliseconds(1), Is.True, "Until then the master waits no longer than that millisecond.");
        }

        Assert.That(before.Elapsed, Is.GreaterThanOrEqualTo(TimeSpan.FromMilliseconds(1)));
        rig.Step();
        Assert.That(rich.Told.Count(told => told.StartsWith("Recall", StringComparison.Ordinal)), Is.EqualTo(1), "It is asked once.");
        rich.GiveBack(entries[4].Id, entries[3].Id);
        rig.Step();
        Assert.That(idle.Told, Is.EqualTo(new[] { "Welcome", $"Commands {entries[3].Id}", $"Commands {entries[4].Id}" }));
        Assert.That(entries.Select(entry => (entry.Rank, entry.Attempts, entry.LostCount)), Is.EqualTo(new[] { (1, 1, 0), (1, 1, 0), (1, 1, 0), (2, 1, 0), (2, 1, 0) }));
    }

    [Test]
    public void Nothing_is_recalled_while_every_slave_has_work()
    {
        var rig = new MasterRig();
        var rich = rig.Slave(1);
        rig.Learn(rich);
        for (var i = 0; i < 5; i++)
        {
            rig.Queue();
        }

        rig.Step();
        var busy = rig.Slave(2);
        rig.Queue(0, null, pinned: 2);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromMilliseconds(5))
        {
            rig.Step();
        }

        Assert.That(busy.Commands, Has.Count.EqualTo(1));
        Assert.That(rich.Told, Has.None.StartsWith("Recall"));
        Assert.That(rig.Communicator.Patience, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void A_command_for_one_seat_waits_for_it()
    {
        var rig = new MasterRig();
        var (one, two) = (rig.Slave(1), rig.Slave(2));
        var entry = rig.Queue(0, null, pinned: 2);
        rig.Step();
        Assert.That((one.Commands.Count, two.Commands.Count, entry.Rank), Is.EqualTo((0, 1, 2)));
        var nowhere = rig.Queue(0, null, pinned: 5);
        Assert.That((nowhere.Status, nowhere.Error!.Message.Contains("rank 5 is gone", StringComparison.Ordinal)), Is.EqualTo((CommandStatus.Lost, true)));
    }

    [Test]
    public void A_failure_ends_the_run_for_those_that_wait_and_for_those_that_run()
    {
        var rig = new MasterRig();
        ScriptedSlave[] slaves = [rig.Slave(1), rig.Slave(2)];
        var entries = Enumerable.Range(0, 4).Select(_ => rig.Queue()).ToArray();
        rig.Step();
        var failing = slaves.Single(slave => slave.Told.Contains("Commands 1"));
        var other = slaves.Single(slave => slave != failing);
        failing.Fail(1, new FormatException("spoiled"));
        rig.Step();
        Assert.That(entries.Select(entry => entry.Status), Is.EqualTo(new[] { CommandStatus.Failed, CommandStatus.Sent, CommandStatus.Cancelled, CommandStatus.Cancelled }));
        Assert.That(other.Told.Last(), Is.EqualTo("Cancel Run 1 Draining"));
        var failure = (SlaveCommandException)rig.Run.Failures.Single();
        Assert.That((failure.RemoteType, failure.RemoteMessage, failure.SlaveName, failure.Host, failure.ProcessId), Is.EqualTo(("System.FormatException", "spoiled", $"slave {failing.Rank}", "host", 4711)));
        other.Finish(2, 7);
        rig.Step();
        Assert.That((entries[1].Status, entries[1].Value, rig.Run.Outstanding), Is.EqualTo((CommandStatus.Done, (object)7, 0L)), "What still came home counts.");
    }

    [Test]
    public void Under_policy_continue_the_others_go_on()
    {
        var rig = new MasterRig(new ProcessorOptions { ErrorPolicy = ErrorPolicy.Continue });
        var slave = rig.Slave(1);
        var (failing, next) = (rig.Queue(), rig.Queue());
        rig.Step();
        slave.Fail(failing.Id, new FormatException("spoiled"));
        rig.Step();
        Assert.That((failing.Status, next.Status, slave.Told.Last()), Is.EqualTo((CommandStatus.Failed, CommandStatus.Sent, "Commands 2")));
    }

    [Test]
    public void One_command_can_be_cancelled_where_it_runs()
    {
        var rig = new MasterRig();
        var slave = rig.Slave(1);
        var entry = rig.Queue();
        rig.Step();
        rig.Loop.CancelSent(entry);
        rig.Step();
        Assert.That(slave.Told.Last(), Is.EqualTo("Cancel Command 1 Cancelled"));
        slave.End(entry.Id, AttemptEnd.Cancelled);
        rig.Step();
        Assert.That((entry.Status, entry.Error is CommandCancelledException), Is.EqualTo((CommandStatus.Cancelled, true)));
    }

    [Test]
    public void A_slave_that_leaves_for_a_smaller_size_finishes_what_it_has()
    {
        var rig = new MasterRig();
        var (_, leaving) = (rig.Slave(1), rig.Slave(2));
        var entry = rig.Queue(0, null, pinned: 2);
        rig.Step();
        rig.Loop.Resize(1);
        rig.Step();
        Assert.That((leaving.Told.Last(), rig.Loop.StayingSlaves), Is.EqualTo(("Commands 1", 1)));
        leaving.Finish(entry.Id, 3);
        rig.Step();
        Assert.That((leaving.Told.Last(), entry.Value), Is.EqualTo(("Exit", (object)3)));
        leaving.SayGoodbye();
        rig.Step();
        Assert.That((rig.Loop.AliveSlaves, rig.Loop.LostSlaves, string.Join(' ', rig.Ended)), Is.EqualTo((1, 0, "2")));
    }

    [Test]
    public void Closing_cancels_what_is_under_way_and_sends_everybody_away()
    {
        var rig = new MasterRig();
        var slave = rig.Slave(1);
        var (running, waiting) = (rig.Queue(), rig.Queue());
        rig.Step();
        rig.Loop.Close();
        rig.Step();
        Assert.That(slave.Told.TakeLast(2), Is.EqualTo(new[] { "Cancel All 0 Cancelled", "Exit" }));
        Assert.That((waiting.Status, rig.Queue().Status), Is.EqualTo((CommandStatus.Cancelled, CommandStatus.Cancelled)));
        var late = rig.Slave(2);
        Assert.That(late.Told, Is.EqualTo(new[] { "Welcome", "Exit" }));
        slave.SayGoodbye();
        late.SayGoodbye();
        rig.Step();
        rig.Loop.EndUnanswered();
        Assert.That((rig.Loop.AllLeft, rig.Loop.LostSlaves, running.HasEnded), Is.EqualTo((true, 0, true)));
    }
}
