using System;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>A peer that writes nonsense is lost; it never takes this rank with it.</summary>
[Platform("Linux")]
public sealed class ShmCorruptionTests
{
    [Test]
    public void A_corrupt_frame_is_a_loss_with_a_description_and_nothing_more_comes()
    {
        using var world = new SharedWorld();
        world.Master.Expect(ArrivalKind.RankJoined);
        world.Slave.Send(0, "good"u8, []);
        world.Master.Expect(ArrivalKind.Message).Message!.Dispose();
        world.Slave.Send(0, "bad"u8, []);
        OverwriteUpRing(world.SlavesSegment, 32, 0x7f);
        var lost = world.Master.Expect(ArrivalKind.RankLost);
        Assert.That((lost.Rank, lost.Incarnation, lost.Loss!.Description), Is.EqualTo((1, 1, "sent a " + world.Broken)));
        Assert.That(world.Broken, Does.StartWith("corrupt message: "));
        world.Slave.Send(0, "more"u8, []);
        world.Master.Announce(new Arrival(ArrivalKind.RankLost, 1, 1, null, new RankLoss("killed because of it")));
        Assert.That(world.Master.Wait(TimeSpan.FromMilliseconds(10)).Kind, Is.EqualTo(ArrivalKind.Deadline), "It is lost once.");
    }

    [Test]
    public void Bytes_changed_at_random_in_ring_and_control_words_never_crash_the_receiver()
    {
        var losses = 0;
        for (var seed = 0; seed < 400; seed++)
        {
            using var world = new SharedWorld(4096);
            world.Master.Expect(ArrivalKind.RankJoined);
            var random = new RandomStream(seed, 1, 0);
            for (var i = 0; i < 4; i++)
            {
                world.Slave.Send(0, new byte[random.Next(3000)], [SharedWorld.Block(new double[10], 80), SharedWorld.Block(new double[5000], 40_000)]);
            }

            for (var changes = 1 + random.Next(6); changes > 0; changes--)
            {
                OverwriteUpRing(world.SlavesSegment, random.Next(512), (byte)random.Next(256));
            }

            if (random.Next(4) == 0)
            {
                OverwriteTail(world.SlavesSegment, random.NextInt64());
            }

            var arrival = world.Master.Wait(TimeSpan.Zero);
            for (; arrival.Kind == ArrivalKind.Message; arrival = world.Master.Wait(TimeSpan.Zero))
            {
                using var message = arrival.Message!;
                for (var block = 0; block < message.Blocks.Count; block++)
                {
                    if (message.Blocks.ByteCount(block) is 80 or 40_000)
                    {
                        message.Blocks.Fill(block, new double[message.Blocks.ByteCount(block) / 8]);
                    }
                }
            }

            losses += arrival.Kind == ArrivalKind.RankLost ? 1 : 0;
        }

        Assert.That(losses, Is.GreaterThan(200));
    }

    [Test]
    public void A_slave_whose_master_writes_nonsense_sees_the_master_lost()
    {
        using var world = new SharedWorld();
        world.Master.Expect(ArrivalKind.RankJoined);
        world.Master.Send(1, "x"u8, []);
        Overwrite(world.Segment.MapDownRing(), 4, 0x02);
        Assert.That(world.Slave.Expect(ArrivalKind.RankLost).Rank, Is.Zero);
    }

    private static void OverwriteUpRing(SlaveSegment segment, int offset, byte value) => Overwrite(segment.MapUpRing(), offset, value);

    private static unsafe void OverwriteTail(SlaveSegment segment, long value) => Volatile.Write(ref *(long*)(segment.UpControl + RingLayout.TailAt), value);

    private static unsafe void Overwrite(Mapping ring, int offset, byte value)
    {
        ring.Address[offset] = value;
        ring.Dispose();
    }
}
