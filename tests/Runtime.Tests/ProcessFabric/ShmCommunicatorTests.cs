using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

[Platform("Linux")]
public sealed class ShmCommunicatorTests
{
    [Test]
    public void A_slave_that_opens_its_communicator_joins_before_its_messages()
    {
        using var world = new SharedWorld();
        world.Slave.Send(0, "hello"u8, []);
        var joined = world.Master.Expect(ArrivalKind.RankJoined);
        Assert.That((joined.Rank, joined.Incarnation, world.Master.Size, world.Slave.Size), Is.EqualTo((1, 1, 2, 2)));
        using var message = world.Master.Expect(ArrivalKind.Message).Message!;
        Assert.That(message.Buffer[message.Offset..(message.Offset + message.Length)], Is.EqualTo("hello"u8.ToArray()));
        Assert.That(world.Master.Wait(TimeSpan.Zero).Kind, Is.EqualTo(ArrivalKind.Deadline));
    }

    [Test]
    public void Messages_of_every_size_arrive_whole_and_in_order([Values(4096, 65536)] int ringBytes)
    {
        using var world = new SharedWorld(ringBytes);
        var random = new RandomStream(11, 0, 0);
        var sent = new Queue<(byte[] Head, Array[] Arrays)>();
        world.Master.Expect(ArrivalKind.RankJoined);
        for (var round = 0; round < 2_000; round++)
        {
            for (var burst = random.Next(4); burst > 0; burst--)
            {
                var head = new byte[random.Next(10) == 0 ? random.Next(300_000) : random.Next(600)];
                random.NextBytes(head);
                var arrays = Enumerable.Range(0, random.Next(4)).Select(_ => (Array)Filled(random, random.Next(5) == 0 ? 40_000 : 100)).ToArray();
                world.Slave.Send(0, head, [.. arrays.Select(array => SharedWorld.Block(array, (nuint)array.Length * 8))]);
                sent.Enqueue((head, arrays));
            }

            while (sent.Count > 0 && (random.Next(3) > 0 || sent.Count > 20))
            {
                world.Slave.Wait(TimeSpan.Zero);
                var arrival = world.Master.Wait(TimeSpan.Zero);
                if (arrival.Kind != ArrivalKind.Message)
                {
                    continue;
                }

                var (head, arrays) = sent.Dequeue();
                Assert.That(arrival.Head().SequenceEqual(head), Is.True);
                Assert.That(arrival.Message!.Blocks.Count, Is.EqualTo(arrays.Length));
                for (var i = 0; i < arrays.Length; i++)
                {
                    var received = new double[(int)(arrival.Message.Blocks.ByteCount(i) / 8)];
                    if (random.Next(8) > 0)
                    {
                        arrival.Message.Blocks.Fill(i, received);
                        Assert.That(received.AsSpan().SequenceEqual((double[])arrays[i]), Is.True);
                    }
                }

                arrival.Message.Dispose();
            }
        }
    }

    [Test]
    public void A_sender_never_waits_for_a_receiver_that_does_not_look()
    {
        using var world = new SharedWorld(4096);
        world.Master.Expect(ArrivalKind.RankJoined);
        var head = new byte[500];
        for (var i = 0; i < 10_000; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(head, i);
            world.Slave.Send(0, head, []);
        }

        // The slave sleeps with a backlog: the master rings it awake whenever there is room.
        var pump = Task.Run(() => world.Slave.Wait(TimeSpan.FromSeconds(120)).Kind);
        try
        {
            for (var i = 0; i < 10_000; i++)
            {
                var arrival = world.Master.Expect(ArrivalKind.Message);
                Assert.That(BinaryPrimitives.ReadInt32LittleEndian(arrival.Head()), Is.EqualTo(i));
                arrival.Message!.Dispose();
            }
        }
        finally
        {
            world.Slave.Wake();
            Task.WaitAny(pump); // Its memory is unmapped behind this.
        }

        Assert.That(pump.GetAwaiter().GetResult(), Is.EqualTo(ArrivalKind.Woken));
    }

    [Test]
    public void A_block_that_was_sent_may_be_changed_at_once()
    {
        using var world = new SharedWorld();
        world.Master.Expect(ArrivalKind.RankJoined);
        var array = Enumerable.Range(0, 100_000).Select(i => (double)i).ToArray();
        world.Slave.Send(0, "x"u8, [SharedWorld.Block(array, 800_000)]);
        Array.Clear(array);
        var message = world.Master.Expect(ArrivalKind.Message).Message!;
        message.Blocks.Fill(0, array);
        Assert.That(array[99_999], Is.EqualTo(99_999));
        Assert.That(() => message.Blocks.Fill(0, array), Throws.TypeOf<WireFormatException>());
        Assert.That(() => message.Blocks.ByteCount(1), Throws.TypeOf<WireFormatException>());
    }

    [Test]
    public void Arrays_of_several_dimensions_travel_too()
    {
        using var world = new SharedWorld();
        world.Master.Expect(ArrivalKind.RankJoined);
        var array = new int[300, 400];
        array[299, 399] = 42;
        world.Slave.Send(0, [], [SharedWorld.Block(array, 480_000)]);
        var received = new int[300, 400];
        using var message = world.Master.Expect(ArrivalKind.Message).Message!;
        message.Blocks.Fill(0, received);
        Assert.That((message.Length, received[299, 399]), Is.EqualTo((0, 42)));
    }

    [Test]
    public void Extents_are_used_again_and_their_pages_go_back_after_a_quiet_second()
    {
        using var world = new SharedWorld();
        world.Master.Expect(ArrivalKind.RankJoined);
        var array = new double[1 << 17];
        for (var i = 0; i < 100; i++)
        {
            world.Slave.Send(0, "x"u8, [SharedWorld.Block(array, 1 << 20)]);
            using var message = world.Master.Expect(ArrivalKind.Message).Message!;
            message.Blocks.Fill(0, array);
        }

        Assert.That(world.Segment.UpBulk.Length, Is.EqualTo(4 << 20));
        Assert.That(HeldKibibytes(world.Segment.UpBulk.Descriptor), Is.InRange(1024, 4096));
        var watch = Stopwatch.StartNew();
        world.Slave.Wait(TimeSpan.FromSeconds(1.5));
        Assert.That(watch.Elapsed.TotalSeconds, Is.GreaterThanOrEqualTo(1.4));
        world.Slave.Wait(TimeSpan.FromMilliseconds(1)); // One that stood still when it was time comes back without a look at what is due.
        Assert.That(HeldKibibytes(world.Segment.UpBulk.Descriptor), Is.Zero);
    }

    [Test]
    public void A_loss_comes_after_the_messages_that_the_slave_left()
    {
        using var world = new SharedWorld();
        for (var i = 0; i < 100; i++)
        {
            world.Slave.Send(0, [(byte)i], []);
        }

        world.Master.Announce(new Arrival(ArrivalKind.RankLost, 1, 1, null, new RankLoss("killed by SIGKILL")));
        world.Master.Expect(ArrivalKind.RankJoined);
        for (var i = 0; i < 100; i++)
        {
            var arrival = world.Master.Expect(ArrivalKind.Message);
            Assert.That(arrival.Head()[0], Is.EqualTo(i));
            arrival.Message!.Dispose();
        }

        Assert.That(world.Master.Expect(ArrivalKind.RankLost).Loss!.Description, Is.EqualTo("killed by SIGKILL"));
        world.Slave.Send(0, "late"u8, []);
        world.Master.Send(1, "to nobody"u8, []);
        Assert.That(world.Master.Wait(TimeSpan.FromMilliseconds(20)).Kind, Is.EqualTo(ArrivalKind.Deadline));
    }

    [Test]
    public void A_seat_gets_a_new_holder_while_a_message_of_the_old_one_is_still_read()
    {
        using var world = new SharedWorld();
        var array = new double[100_000];
        array[7] = 7;
        world.Slave.Send(0, "old"u8, [SharedWorld.Block(array, 800_000)]);
        world.Master.Expect(ArrivalKind.RankJoined);
        using var old = world.Master.Expect(ArrivalKind.Message).Message!;
        using var segment = SlaveSegment.Create(world.MasterSegment, 1, 2);
        world.Slave.Send(0, "dropped"u8, []);
        world.Master.Detach(1, 1);
        world.Master.Attach(1, 2, segment);
        using var seen = world.Opened(segment);
        using var slave = new ShmSlaveCommunicator(world.MasterSegment, seen, 2);
        slave.Send(0, "new"u8, []);
        Assert.That(world.Master.Expect(ArrivalKind.RankJoined).Incarnation, Is.EqualTo(2));
        var message = world.Master.Expect(ArrivalKind.Message);
        Assert.That(message.Head().SequenceEqual("new"u8), Is.True);
        world.Segment.Dispose();
        old.Blocks.Fill(0, array);
        Assert.That(array[7], Is.EqualTo(7));
        world.Segment.Retain();
    }

    [Test]
    public void Another_run_s_secret_and_another_layout_are_refused()
    {
        using var world = new SharedWorld();
        var (memory, down, up) = world.Segment.Descriptors;
        Assert.That(() => MasterSegment.Open(Backends.Native.Descriptors.Duplicate(world.MasterSegment.Descriptor), new byte[16]), Throws.TypeOf<HpcRuntimeException>().With.Message.Contains("another run"));
        Assert.That(() => SlaveSegment.Open(Backends.Native.Descriptors.Duplicate(memory), down, up, new byte[16]), Throws.TypeOf<HpcRuntimeException>().With.Message.Contains("another run"));
        Assert.That(() => MasterSegment.Open(Backends.Native.Descriptors.Duplicate(up), new byte[16]), Throws.InstanceOf<HpcRuntimeException>());
    }

    private static double[] Filled(RandomStream random, int most)
    {
        var array = new double[1 + random.Next(most)];
        for (var i = 0; i < array.Length; i++)
        {
            array[i] = random.NextDouble();
        }

        return array;
    }

    private static long HeldKibibytes(int descriptor)
    {
        var start = new ProcessStartInfo("stat", ["-L", "-c", "%b", $"/proc/{Environment.ProcessId}/fd/{descriptor}"]) { RedirectStandardOutput = true };
        using var stat = Process.Start(start)!;
        return long.Parse(stat.StandardOutput.ReadToEnd()) / 2;
    }
}
