using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

public sealed class CommandQueueTests
{
    [Test]
    public void Commands_leave_in_the_order_in_which_they_came()
    {
        var queue = Filled([.. Enumerable.Range(1, 5000).Select(id => Entries.Of(id))]);
        Assert.That(TakeAllIds(queue), Is.EqualTo(Enumerable.Range(1, 5000)));
    }

    [Test]
    public void Higher_priorities_leave_first_and_lower_ones_last()
    {
        var queue = Filled(Entries.Of(1), Entries.Of(2, -5), Entries.Of(3, 7), Entries.Of(4, 1), Entries.Of(5), Entries.Of(6, 7), Entries.Of(7, -9));
        Assert.That(TakeAllIds(queue), Is.EqualTo(new[] { 3, 6, 4, 1, 5, 2, 7 }));
    }

    [Test]
    public void A_command_put_back_is_the_first_of_its_priority()
    {
        var queue = Filled(Entries.Of(1), Entries.Of(2, 3));
        queue.AddFirst(Entries.Of(8));
        queue.AddFirst(Entries.Of(9, 3));
        Assert.That(TakeAllIds(queue), Is.EqualTo(new[] { 9, 2, 8, 1 }));
    }

    [Test]
    public void Looking_takes_nothing()
    {
        var queue = Filled(Entries.Of(1));
        Assert.That((queue.Peek()!.Id, queue.Peek()!.Id, queue.Count), Is.EqualTo((1L, 1L, 1)));
    }

    [Test]
    public void Cancelled_commands_are_passed_over_wherever_they_wait()
    {
        CommandEntry[] entries = [Entries.Of(1), Entries.Of(2), Entries.Of(3, 4), Entries.Of(4, 4), Entries.Of(5)];
        var queue = Filled(entries);
        foreach (var cancelled in new[] { 0, 2, 4 })
        {
            Assert.That(entries[cancelled].Move(CommandStatus.Queued, CommandStatus.Cancelled), Is.True);
        }

        Assert.That(queue.Count, Is.EqualTo(5), "They are found when their turn comes.");
        Assert.That(TakeAllIds(queue), Is.EqualTo(new[] { 4, 2 }));
        Assert.That(queue.Count, Is.Zero);
    }

    [Test]
    public void The_commands_of_one_run_can_be_taken_out_and_the_others_keep_their_order()
    {
        var (one, other) = (new QueueRun(1), new QueueRun(2));
        var queue = Filled(Entries.Of(1, 0, one), Entries.Of(2, 0, other), Entries.Of(3, 5, one), Entries.Of(4, 5, other), Entries.Of(5), Entries.Of(6, 0, one));
        Assert.That(queue.TakeAll(one).Select(entry => entry.Id), Is.EquivalentTo(new[] { 1, 3, 6 }));
        Assert.That(queue.Count, Is.EqualTo(3));
        Assert.That(TakeAllIds(queue), Is.EqualTo(new[] { 4, 2, 5 }));
    }

    [Test]
    public void Everything_can_be_taken_out()
    {
        var queue = Filled(Entries.Of(1, 0, new QueueRun(1)), Entries.Of(2, 3), Entries.Of(3, -3));
        Assert.That(queue.TakeAll(null).Select(entry => entry.Id), Is.EquivalentTo(new[] { 1, 2, 3 }));
        Assert.That((queue.Count, queue.Peek()), Is.EqualTo((0, (CommandEntry?)null)));
    }

    [Test]
    public void A_status_is_left_by_one_of_those_who_try()
    {
        var entry = Entries.Of(1);
        Assert.That(entry.Move(CommandStatus.Queued, CommandStatus.Sent), Is.True);
        Assert.That(entry.Move(CommandStatus.Queued, CommandStatus.Cancelled), Is.False);
        Assert.That((entry.Status, entry.HasEnded), Is.EqualTo((CommandStatus.Sent, false)));
    }

    private static CommandQueue Filled(params CommandEntry[] entries)
    {
        var queue = new CommandQueue();
        foreach (var entry in entries)
        {
            queue.Add(entry);
        }

        return queue;
    }

    private static List<long> TakeAllIds(CommandQueue queue)
    {
        var ids = new List<long>();
        while (queue.Peek() is { } entry)
        {
            queue.Take();
            ids.Add(entry.Id);
        }

        return ids;
    }
}
