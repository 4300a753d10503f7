using System;
using HpcRuntime.Commands;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>What the master does as time passes, by a clock in the test's hands. A command is overdue after its time, the grace (2 s) and two seconds more.</summary>
public sealed class MasterLoopTimeTests
{
    private static readonly CommandOptions OneSecond = new() { Timeout = TimeSpan.FromSeconds(1) };

    [Test]
    public void A_slave_that_does_not_even_say_that_its_command_is_stuck_is_ended_when_that_is_overdue()
    {
        var clock = new HandClock();
        var rig = new MasterRig(clock: clock);
        rig.Slave(1);
        rig.Queue(options: OneSecond);
        rig.Step();
        Assert.That(rig.Communicator.Patience, Is.EqualTo(TimeSpan.FromSeconds(5)).Within(TimeSpan.FromMilliseconds(1)), "It waits no longer than until then.");
        clock.Advance(TimeSpan.FromSeconds(4.9));
        rig.Step();
        Assert.That(rig.Ended, Is.Empty);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        rig.Step();
        Assert.That(rig.Ended, Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void A_command_behind_one_that_was_in_time_is_overdue_by_its_own_time()
    {
        var clock = new HandClock();
        var rig = new MasterRig(clock: clock);
        var slave = rig.Slave(1);
        rig.Learn(slave);
        var (first, second) = (rig.Queue(options: OneSecond), rig.Queue(options: OneSecond));
        rig.Step();
        clock.Advance(TimeSpan.FromSeconds(4));
        slave.Finish(first.Id, 0);
        rig.Step();
        clock.Advance(TimeSpan.FromSeconds(4.9));
        rig.Step();
        Assert.That((second.Status, rig.Ended.Count), Is.EqualTo((CommandStatus.Sent, 0)), "It began when the first had come home.");
        clock.Advance(TimeSpan.FromSeconds(0.2));
        rig.Step();
        Assert.That((second.Status, rig.Ended.Count), Is.EqualTo((CommandStatus.TimedOut, 1)));
    }

    [Test]
    public void A_clock_in_other_ticks_than_those_of_durations_is_refused()
    {
        Assert.That(() => new MasterRig(clock: new SlowClock()), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    private sealed class SlowClock : TimeProvider
    {
        public override long TimestampFrequency => 1000;
    }
}
