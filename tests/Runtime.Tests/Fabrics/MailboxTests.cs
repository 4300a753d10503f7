using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Fabrics;
using NUnit.Framework;

namespace HpcRuntime.Tests.Fabrics;

public sealed class MailboxTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public void An_empty_box_gives_the_deadline_at_once_or_in_time()
    {
        var box = new Mailbox();
        Assert.That(box.Take(TimeSpan.Zero).Kind, Is.EqualTo(ArrivalKind.Deadline));
        var clock = Stopwatch.StartNew();
        Assert.That(box.Take(TimeSpan.FromMilliseconds(30)).Kind, Is.EqualTo(ArrivalKind.Deadline));
        Assert.That(clock.Elapsed, Is.InRange(TimeSpan.FromMilliseconds(25), Deadline));
        box.Drain();
    }

    [Test]
    public void What_was_put_is_taken_in_order()
    {
        var box = new Mailbox();
        for (var rank = 1; rank <= 100; rank++)
        {
            box.Put(new Arrival(ArrivalKind.RankJoined, rank, 1));
            if (rank % 7 == 0)
            {
                Assert.That(box.Take(TimeSpan.Zero).Rank, Is.EqualTo(rank / 7));
            }
        }

        Assert.That(Enumerable.Range(0, 86).Select(_ => box.Take(TimeSpan.Zero).Rank), Is.EqualTo(Enumerable.Range(15, 86)));
        Assert.That(box.Take(TimeSpan.Zero).Kind, Is.EqualTo(ArrivalKind.Deadline));
    }

    [Test]
    public void A_wake_up_is_seen_once_and_after_what_had_arrived()
    {
        var box = new Mailbox();
        box.Wake();
        box.Wake();
        box.Put(new Arrival(ArrivalKind.RankJoined, 1, 1));
        Assert.That(new[] { box.Take(Deadline).Kind, box.Take(Deadline).Kind, box.Take(TimeSpan.Zero).Kind }, Is.EqualTo(new[] { ArrivalKind.RankJoined, ArrivalKind.Woken, ArrivalKind.Deadline }));
    }

    [Test]
    public void A_parked_rank_is_woken_by_a_call_or_by_an_arrival([Values] bool byCall)
    {
        var box = new Mailbox();
        Arrival taken = default;
        var waiter = new Thread(() => taken = box.Take(Timeout.InfiniteTimeSpan)) { IsBackground = true };
        waiter.Start();
        Assert.That(SpinWait.SpinUntil(() => (waiter.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0, Deadline), Is.True, "It parks.");
        if (byCall)
        {
            box.Wake();
        }
        else
        {
            box.Put(new Arrival(ArrivalKind.RankJoined, 4, 2));
        }

        Assert.That(waiter.Join(Deadline), Is.True);
        Assert.That((taken.Kind, taken.Rank), Is.EqualTo(byCall ? (ArrivalKind.Woken, -1) : (ArrivalKind.RankJoined, 4)));
        box.Drain();
    }

    [Test]
    public void Nothing_is_lost_between_many_senders_and_one_receiver()
    {
        const int senders = 4;
        const int each = 20_000;
        var box = new Mailbox();
        var threads = Enumerable.Range(1, senders).Select(rank => new Thread(() =>
        {
            for (var i = 1; i <= each; i++)
            {
                box.Put(new Arrival(ArrivalKind.RankJoined, rank, i));
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        var last = new int[senders + 1];
        for (var taken = 0; taken < senders * each; taken++)
        {
            var arrival = box.Take(Deadline);
            Assert.That(arrival.Kind, Is.EqualTo(ArrivalKind.RankJoined));
            Assert.That(arrival.Incarnation, Is.EqualTo(++last[arrival.Rank]), "In the order in which each sender put them.");
        }

        Array.ForEach(threads, thread => thread.Join());
        Assert.That(box.Take(TimeSpan.Zero).Kind, Is.EqualTo(ArrivalKind.Deadline));
        box.Drain();
    }
}
