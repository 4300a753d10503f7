using System;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>What becomes of commands whose slave is lost, given up, or no longer the one that was asked.</summary>
public sealed class MasterLoopLossTests
{
    [Test]
    public void What_an_old_incarnation_says_is_dropped()
    {
        var rig = new MasterRig(replaces: true);
        var old = rig.Slave(1);
        var entry = rig.Queue();
        rig.Step();
        old.Lose("killed");
        var next = rig.Slave(1, incarnation: 2);
        Assert.That(next.Told, Is.EqualTo(new[] { "Welcome", "Commands 1(attempt 2)" }));
        old.Finish(entry.Id, 99, attempt: 1);
        old.Finish(entry.Id, 99, attempt: 2);
        old.SayBytes(250);
        old.Lose("again");
        rig.Step();
        Assert.That((entry.Status, rig.Loop.LostSlaves, rig.Loop.AliveSlaves), Is.EqualTo((CommandStatus.Sent, 1, 1)));
        next.Finish(entry.Id, 5);
        rig.Step();
        Assert.That((entry.Status, entry.Value, entry.Attempts), Is.EqualTo((CommandStatus.Done, (object)5, 2)));
    }

    [Test]
    public void A_slave_of_another_build_is_given_up_before_it_is_welcomed_and_the_builds_are_named()
    {
        var rig = new MasterRig();
        var entry = rig.Queue();
        var slave = rig.Slave(1, build: new LibraryBuild(new Guid(1, 2, 3, new byte[8]), "/old/HpcRuntime.dll"));
        Assert.That((slave.Told.Count, entry.Status, rig.Loop.AliveSlaves), Is.EqualTo((0, CommandStatus.Lost, 0)));
        Assert.That(entry.Error!.Message, Does.Contain("/old/HpcRuntime.dll on host host has module version id 00000001-0002-0003-0000-000000000000").And.Contains(typeof(SlaveCommand).Module.ModuleVersionId.ToString()).And.Contains(Environment.MachineName));
    }

    [Test]
    public void A_stale_attempt_is_not_taken_for_the_present_one()
    {
        var rig = new MasterRig();
        var slave = rig.Slave(1);
        var entry = rig.Queue();
        rig.Step();
        slave.Finish(entry.Id, 99, attempt: 7);
        slave.Finish(12345, 99, attempt: 1);
        rig.Step();
        Assert.That((entry.Status, rig.Loop.DoneCount), Is.EqualTo((CommandStatus.Sent, 0L)));
        slave.Finish(entry.Id, 1);
        slave.Finish(entry.Id, 2);
        rig.Step();
        Assert.That((entry.Value, rig.Loop.DoneCount), Is.EqualTo(((object)1, 1L)), "Applied once.");
    }

    [Test]
    public void The_running_command_of_a_lost_slave_is_charged_and_the_prefetched_ones_are_not()
    {
        var rig = new MasterRig(replaces: true);
        var slave = rig.Slave(1);
        rig.Learn(slave);
        var entries = Enumerable.Range(0, 3).Select(_ => rig.Queue()).ToArray();
        rig.Step();
        slave.Lose("killed by SIGKILL");
        rig.Step();
        Assert.That(entries.Select(entry => (entry.Status, entry.LostCount)), Is.EqualTo(new[] { (CommandStatus.Queued, 1), (CommandStatus.Queued, 0), (CommandStatus.Queued, 0) }));
        Assert.That(entries[0].LostAttempts.Single(), Is.EqualTo(new LostAttempt(1, 1, "slave 1", "killed by SIGKILL")));
        Assert.That(rig.Slave(1, 2).Told, Is.EqualTo(new[] { "Welcome", "Commands 2(attempt 2)", "Commands 3", "Commands 4" }), "In their old order.");
    }

    [Test]
    public void The_work_of_a_lost_slave_goes_to_the_others()
    {
        var rig = new MasterRig();
        var lost = rig.Slave(1);
        rig.Learn(lost);
        rig.Queue();
        rig.Queue();
        rig.Step();
        var (second, third) = (rig.Slave(2), rig.Slave(3));
        lost.Lose("gone");
        rig.Step();
        rig.Step();
        Assert.That(second.Told.Concat(third.Told).Where(told => told != "Welcome"), Is.EquivalentTo(new[] { "Commands 2(attempt 2)", "Commands 3" }));
    }

    [Test]
    public void A_command_that_loses_every_slave_is_given_up_after_its_last_attempt()
    {
        var rig = new MasterRig(replaces: true);
        var entry = rig.Queue(0, new CommandOptions { MaxAttempts = 2, Label = "killer" });
        rig.Slave(1).Lose("first");
        rig.Slave(1, 2).Lose("second");
        var survivor = rig.Slave(1, 3);
        var failure = (SlaveLostException)entry.Error!;
        Assert.That(failure.Attempts.Select(attempt => (attempt.Attempt, attempt.Reason)), Is.EqualTo(new[] { (1, "first"), (2, "second") }));
        Assert.That((entry.Status, failure.Message.Contains("killer", StringComparison.Ordinal), survivor.Commands.Count), Is.EqualTo((CommandStatus.Lost, true, 0)));
    }

    [Test]
    public void The_last_slave_that_cannot_be_replaced_is_not_given_the_killer_again()
    {
        var rig = new MasterRig();
        ScriptedSlave[] slaves = [rig.Slave(1), rig.Slave(2), rig.Slave(3)];
        var killer = rig.Queue();
        rig.Step();
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Assert.That((killer.Status, killer.Attempts), Is.EqualTo((CommandStatus.Sent, attempt)));
            slaves[killer.Rank - 1].Lose("killed");
            rig.Step();
            rig.Step();
        }

        Assert.That((killer.Status, rig.Loop.AliveSlaves), Is.EqualTo((CommandStatus.Lost, 1)));
        Assert.That(killer.Error!.Message, Does.Contain("not tried again on the last slave left"));
        Assert.That(slaves.Sum(slave => slave.Commands.Count), Is.EqualTo(2));
        var harmless = rig.Queue();
        Assert.That(harmless.Status, Is.Not.EqualTo(CommandStatus.Lost), "Others still run there.");
    }

    [Test]
    public void A_command_whose_slave_was_ended_from_outside_is_tried_once_on_the_last_one()
    {
        var rig = new MasterRig();
        ScriptedSlave[] slaves = [rig.Slave(1), rig.Slave(2)];
        var entry = rig.Queue();
        rig.Step();
        slaves[entry.Rank - 1].Lose("killed by SIGKILL", fromOutside: true);
        rig.Step();
        rig.Step();
        Assert.That((entry.Status, entry.Attempts, rig.Loop.AliveSlaves), Is.EqualTo((CommandStatus.Sent, 2, 1)));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void A_command_that_was_lost_before_is_not_tried_on_the_last_slave_however_it_was_lost(bool first, bool second)
    {
        var rig = new MasterRig();
        ScriptedSlave[] slaves = [rig.Slave(1), rig.Slave(2), rig.Slave(3)];
        var entry = rig.Queue();
        rig.Step();
        foreach (var fromOutside in new[] { first, second })
        {
            Assert.That(entry.Status, Is.EqualTo(CommandStatus.Sent));
            slaves[entry.Rank - 1].Lose("gone", fromOutside);
            rig.Step();
            rig.Step();
        }

        Assert.That((entry.Status, rig.Loop.AliveSlaves), Is.EqualTo((CommandStatus.Lost, 1)));
        Assert.That(((SlaveLostException)entry.Error!).Attempts, Has.Count.EqualTo(2));
    }

    [Test]
    public void When_no_slave_is_left_everything_that_waits_or_comes_is_lost()
    {
        var rig = new MasterRig(new HpcRuntime.Processing.ProcessorOptions { ErrorPolicy = HpcRuntime.Processing.ErrorPolicy.Continue });
        var only = rig.Slave(1);
        var entries = Enumerable.Range(0, 3).Select(_ => rig.Queue()).Append(rig.Queue(0, null, pinned: 1)).ToArray();
        rig.Step();
        only.Lose("the node went down");
        rig.Step();
        Assert.That(entries.Select(entry => entry.Status), Is.All.EqualTo(CommandStatus.Lost));
        Assert.That(entries.Select(entry => entry.Error), Is.All.TypeOf<SlaveLostException>());
        Assert.That(rig.Queue().Status, Is.EqualTo(CommandStatus.Lost));
        Assert.That(rig.Run.Outstanding, Is.Zero);
    }

    [TestCase(new byte[] { 250, 0, 0 }, TestName = "A message of unknown kind gives the slave up")]
    [TestCase(new byte[0], TestName = "An empty message gives the slave up")]
    [TestCase(new byte[] { 2, 0, 0, 200, 200, 200 }, TestName = "A truncated result gives the slave up")]
    [TestCase(new byte[] { 2, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }, TestName = "An endless number gives the slave up")]
    [TestCase(new byte[] { 4, 0, 0, 255, 255 }, TestName = "A truncated list gives the slave up")]
    public void A_malformed_message_gives_the_slave_up(byte[] bytes)
    {
        var rig = new MasterRig(replaces: true);
        var slave = rig.Slave(1);
        var entry = rig.Queue();
        rig.Step();
        slave.SayBytes(bytes);
        rig.Step();
        Assert.That(rig.Ended, Is.EqualTo(new[] { "1 replaced" }));
        Assert.That((entry.Status, entry.LostAttempts.Single().Reason.StartsWith("sent a message that does not decode", StringComparison.Ordinal)), Is.EqualTo((CommandStatus.Queued, true)));
        var next = rig.Slave(1, 2);
        Assert.That(next.Told.Last(), Is.EqualTo("Commands 1(attempt 2)"));
    }

    [Test]
    public void A_stuck_command_ends_with_its_slave_and_those_behind_it_run_elsewhere_uncharged()
    {
        var rig = new MasterRig(replaces: true);
        var slave = rig.Slave(1);
        rig.Learn(slave);
        var (stuck, behind) = (rig.Queue(0, new CommandOptions { Timeout = TimeSpan.FromSeconds(1) }), rig.Queue(0, new CommandOptions { MaxAttempts = 1 }));
        rig.Step();
        slave.SayStuck(stuck.Id, HpcRuntime.Processing.StopReason.TimedOut);
        rig.Step();
        Assert.That((stuck.Status, stuck.Error is CommandTimeoutException), Is.EqualTo((CommandStatus.TimedOut, true)));
        Assert.That((behind.LostCount, string.Join(' ', rig.Ended)), Is.EqualTo((0, "1 replaced")));
    }

    [Test]
    public void A_slave_that_leaves_unasked_is_lost()
    {
        var rig = new MasterRig(replaces: true);
        var slave = rig.Slave(1);
        var entry = rig.Queue();
        rig.Step();
        slave.SayGoodbye();
        rig.Step();
        Assert.That((rig.Loop.LostSlaves, entry.LostAttempts.Single().Reason), Is.EqualTo((1, "left unasked")));
    }

    [Test]
    public void A_worn_slave_gives_back_what_it_holds_leaves_and_is_replaced_without_a_loss()
    {
        var rig = new MasterRig(replaces: true);
        var slave = rig.Slave(1);
        rig.Learn(slave);
        var entries = Enumerable.Range(0, 2).Select(_ => rig.Queue()).ToArray();
        rig.Step();
        slave.SayWorn();
        slave.GiveBack(entries[1].Id);
        rig.Step();
        Assert.That((entries[1].Status, entries[1].Attempts, string.Join(' ', slave.Told)), Is.EqualTo((CommandStatus.Queued, 0, "Commands 2 Commands 3")), "It still has one, which was under way to it.");
        slave.GiveBack(entries[0].Id);
        rig.Step();
        Assert.That(slave.Told[^1], Is.EqualTo("Exit"));
        slave.SayGoodbye();
        rig.Step();
        Assert.That((rig.Loop.LostSlaves, string.Join(' ', rig.Ended), rig.Loop.StayingSlaves), Is.EqualTo((0, "1 replaced", 1)));
        Assert.That(rig.Slave(1, 2).Told, Is.EqualTo(new[] { "Welcome", "Commands 2", "Commands 3" }));
    }

    [Test]
    public void A_seat_taken_by_a_successor_before_the_loss_was_seen_is_a_loss()
    {
        var rig = new MasterRig(replaces: true);
        rig.Slave(1);
        var entry = rig.Queue();
        rig.Step();
        var next = rig.Slave(1, 2);
        Assert.That((rig.Loop.LostSlaves, rig.Loop.AliveSlaves, entry.LostCount), Is.EqualTo((1, 1, 0)));
        Assert.That(next.Told.Last(), Is.EqualTo("Commands 1"));
    }
}
