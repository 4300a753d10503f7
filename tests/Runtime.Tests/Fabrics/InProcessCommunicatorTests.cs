using System;
using System.Linq;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.Fabrics;

public sealed class InProcessCommunicatorTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public void A_message_arrives_whole_and_from_whom()
    {
        var (master, slave) = Pair();
        slave.Send(0, [1, 2, 3], []);
        var arrival = master.Wait(Deadline);
        Assert.That((arrival.Kind, arrival.Rank, arrival.Incarnation), Is.EqualTo((ArrivalKind.Message, 1, 1)));
        Assert.That(HeadOf(arrival), Is.EqualTo(new byte[] { 1, 2, 3 }));
        Assert.That(arrival.Message!.Blocks.Count, Is.Zero);
    }

    [Test]
    public void Messages_of_any_size_keep_their_order_while_their_buffers_are_reused()
    {
        var (master, slave) = Pair();
        for (var round = 0; round < 50; round++)
        {
            int[] sizes = [1, 300, 70_000 * (round % 2), 5];
            foreach (var size in sizes)
            {
                master.Send(1, Enumerable.Repeat((byte)(size + round), size).ToArray(), []);
            }

            foreach (var size in sizes)
            {
                var arrival = slave.Wait(Deadline);
                Assert.That(HeadOf(arrival), Has.Length.EqualTo(size).And.All.EqualTo((byte)(size + round)));
                arrival.Message!.Dispose();
            }
        }
    }

    [Test]
    public void A_receiver_gets_arrays_of_its_own_unless_nobody_changes_them([Values] WireBlockOwnership ownership)
    {
        var (master, slave) = Pair();
        double[] sent = [1, 2, 3];
        master.Send(1, [9], [new WireBlock(sent, 24, ownership)]);
        using var message = slave.Wait(Deadline).Message!;
        Assert.That((message.Blocks.Count, message.Blocks.ByteCount(0)), Is.EqualTo((1, (nuint)24)));
        var received = message.Blocks.TryTake(0)!;
        Assert.That(received, Is.EqualTo(sent));
        Assert.That(ReferenceEquals(received, sent), Is.EqualTo(ownership is WireBlockOwnership.Shared or WireBlockOwnership.Published));
        Assert.That(() => message.Blocks.TryTake(1), Throws.TypeOf<WireFormatException>());
    }

    [Test]
    public void A_world_that_shares_passes_arrays_by_reference()
    {
        var (master, slave) = Pair(isolated: false);
        var sent = new double[3];
        master.Send(1, [9], [new WireBlock(sent, 24, WireBlockOwnership.Lent)]);
        using var message = slave.Wait(Deadline).Message!;
        Assert.That(message.Blocks.TryTake(0), Is.SameAs(sent));
    }

    [Test]
    public void A_message_to_a_vacant_seat_is_dropped()
    {
        var (master, _) = Pair();
        Assert.That(() => master.Send(7, [1], []), Throws.Nothing);
        Assert.That(master.Size, Is.EqualTo(2));
    }

    [Test]
    public void A_seat_that_is_taken_over_cuts_its_former_holder_off()
    {
        var world = new InProcessWorld();
        using var master = world.Open(0);
        using var old = world.Open(1);
        using var next = world.Open(1);
        old.Send(0, [1], []);
        master.Send(1, [2], []);
        next.Send(0, [3], []);

        var arrival = master.Wait(Deadline);
        Assert.That((arrival.Incarnation, HeadOf(arrival)[0]), Is.EqualTo((2, (byte)3)), "What the old one says is dropped.");
        Assert.That(HeadOf(next.Wait(Deadline)), Is.EqualTo(new byte[] { 2 }));
        var last = old.Wait(Timeout.InfiniteTimeSpan);
        Assert.That((old.IsCutOff, last.Kind, last.Rank), Is.EqualTo((true, ArrivalKind.RankLost, 0)), "It sees that the master is gone.");
    }

    [Test]
    public void A_rank_that_left_is_sent_nothing()
    {
        var (master, slave) = Pair();
        slave.Dispose();
        Assert.That(() => master.Send(1, [1], []), Throws.Nothing);
        Assert.That(slave.Wait(TimeSpan.Zero).Kind, Is.EqualTo(ArrivalKind.RankLost));
    }

    [Test]
    public void What_happened_to_another_rank_is_announced()
    {
        var world = new InProcessWorld();
        using var master = world.Open(0);
        world.Announce(0, new Arrival(ArrivalKind.RankLost, 3, 2, null, new RankLoss("gone")));
        world.Announce(9, new Arrival(ArrivalKind.RankLost, 3, 2));
        var arrival = master.Wait(Deadline);
        Assert.That((arrival.Kind, arrival.Rank, arrival.Incarnation, arrival.Loss!.Description), Is.EqualTo((ArrivalKind.RankLost, 3, 2, "gone")));
        Assert.That(master.Wait(TimeSpan.Zero).Kind, Is.EqualTo(ArrivalKind.Deadline));
    }

    private static (InProcessCommunicator Master, InProcessCommunicator Slave) Pair(bool isolated = true)
    {
        var world = new InProcessWorld(isolated);
        return (world.Open(0), world.Open(1));
    }

    private static byte[] HeadOf(Arrival arrival) => arrival.Message!.Buffer.AsSpan(arrival.Message.Offset, arrival.Message.Length).ToArray();
}
