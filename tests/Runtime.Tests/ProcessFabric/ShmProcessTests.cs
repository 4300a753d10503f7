using System;
using System.Buffers.Binary;
using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>The transport between two real processes.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class ShmProcessTests
{
    [Test]
    public void Blocks_larger_than_the_ring_go_there_and_back()
    {
        using var peer = new PeerProcess(ringBytes: 65536);
        var random = new RandomStream(5, 0, 0);
        foreach (var doubles in new[] { 1, 1000, 3000, 10_000, 1_000_000, 20_000_000 })
        {
            var array = new double[doubles];
            array[0] = random.NextDouble();
            array[^1] = random.NextDouble();
            array[doubles / 2] = random.NextDouble();
            peer.Master.Send(1, "Elarge"u8, [SharedWorld.Block(array, (nuint)doubles * 8), SharedWorld.Block(new byte[] { 1, 2, 3 }, 3)]);
            var arrival = peer.Master.Expect(ArrivalKind.Message);
            using var message = arrival.Message!;
            var back = new double[doubles];
            message.Blocks.Fill(0, back);
            var small = new byte[3];
            message.Blocks.Fill(1, small);
            Assert.That(back.AsSpan().SequenceEqual(array), Is.True);
            Assert.That(small, Is.EqualTo(new byte[] { 1, 2, 3 }));
        }
    }

    [Test]
    public void An_array_beyond_2_GiB_crosses_where_memory_allows_and_half_of_it_elsewhere()
    {
        // Two arrays, an extent for each direction: five times the array in all, with something to spare for neighbours.
        var free = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Process.GetCurrentProcess().WorkingSet64;
        var bytes = free > (22L << 30) ? (2L << 30) + (1 << 20) : 200L << 20;
        using var peer = new PeerProcess();
        var array = new double[bytes / 8];
        array[^1] = 3.25;
        array[0] = 1.5;
        peer.Master.Send(1, "E"u8, [new WireBlock(array, (nuint)bytes, WireBlockOwnership.Lent)]);
        var watch = Stopwatch.StartNew();
        var arrival = peer.Master.Wait(TimeSpan.FromMinutes(3)); // Fresh pages are slow on virtual machines.
        using var message = arrival.Message!;
        Assert.That(message.Blocks.ByteCount(0), Is.EqualTo((nuint)bytes));
        Array.Clear(array);
        message.Blocks.Fill(0, array);
        Assert.That((array[0], array[^1]), Is.EqualTo((1.5, 3.25)));
        TestContext.Out.WriteLine($"{bytes} bytes in {watch.Elapsed.TotalSeconds:f1} s");
    }

    [Test]
    public void A_peer_killed_in_the_middle_of_sending_leaves_whole_messages_only()
    {
        var delays = new RandomStream(17, 0, 0);
        for (var round = 0; round < 12; round++)
        {
            using var peer = new PeerProcess(ringBytes: 65536);
            peer.Master.Send(1, "F"u8, []);
            var until = Stopwatch.GetTimestamp() + (Stopwatch.Frequency * delays.Next(1, 30) / 1000);
            var number = 0L;
            while (Stopwatch.GetTimestamp() < until)
            {
                number += AssertFlood(peer.Master.Wait(TimeSpan.FromMilliseconds(1)), number);
            }

            var end = peer.Kill();
            Assert.That((end.Signal, end.ToString()), Is.EqualTo((Signals.Kill, "killed by SIGKILL")));
            peer.Master.Announce(new Arrival(ArrivalKind.RankLost, 1, 1, null, new RankLoss(end.ToString())));
            Arrival arrival;
            while ((arrival = peer.Master.Wait(SharedWorld.Patience)).Kind == ArrivalKind.Message)
            {
                number += AssertFlood(arrival, number);
            }

            Assert.That((arrival.Kind, arrival.Loss!.Description), Is.EqualTo((ArrivalKind.RankLost, "killed by SIGKILL")));
            TestContext.Out.WriteLine($"round {round}: {number} messages");
        }
    }

    [Test]
    public void An_exit_code_and_a_signal_are_told_apart()
    {
        using var peer = new PeerProcess();
        Assert.That(peer.Child.TryReap(), Is.Null);
        peer.Master.Send(1, [42], []);
        Assert.That(peer.Child.WaitForEnd(SharedWorld.Patience), Is.True);
        Assert.That(peer.Child.TryReap().ToString(), Is.EqualTo("exited with code 42"));
        Assert.That(peer.Child.Signal(Signals.Kill), Is.False, "Its number may be another process's by now.");
    }

    [Test]
    public void Two_hundred_thousand_round_trips_with_random_pauses_lose_no_wake_up()
    {
        using var peer = new PeerProcess();
        var random = new RandomStream(23, 0, 0);
        var head = new byte[16];
        var pauses = 0;
        for (var i = 0; i < 200_000; i++)
        {
            // Pauses about as long as a rank spins, on either side, put the ring and the falling asleep on top of each other.
            var pause = random.Next(100) < 4 ? random.Next(20, 60) : 0;
            head[0] = pause > 0 && random.Next(2) == 0 ? (byte)'P' : (byte)'E';
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(1), pause);
            BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), i);
            if (pause > 0 && head[0] == 'E')
            {
                Spin(pause);
            }

            pauses += pause > 0 ? 1 : 0;
            peer.Master.Send(1, head, []);
            var arrival = peer.Master.Expect(ArrivalKind.Message);
            Assert.That(BinaryPrimitives.ReadInt32LittleEndian(arrival.Head()[8..]), Is.EqualTo(i));
            arrival.Message!.Dispose();
        }

        TestContext.Out.WriteLine($"seed 23, {pauses} pauses");
    }

    private static int AssertFlood(Arrival arrival, long number)
    {
        if (arrival.Kind != ArrivalKind.Message)
        {
            return 0;
        }

        using var message = arrival.Message!;
        var head = arrival.Head();
        var whole = BinaryPrimitives.ReadInt64LittleEndian(head) == number && BinaryPrimitives.ReadInt32LittleEndian(head[8..]) == head.Length && !head[12..].ContainsAnyExcept((byte)number);
        if (message.Blocks.Count > 0)
        {
            var block = new byte[message.Blocks.ByteCount(0)];
            message.Blocks.Fill(0, block);
            whole &= !block.AsSpan().ContainsAnyExcept((byte)number);
        }

        Assert.That(whole, Is.True, $"message {number}");
        return 1;
    }

    private static void Spin(int microseconds)
    {
        var end = Stopwatch.GetTimestamp() + (microseconds * (Stopwatch.Frequency / 1_000_000));
        while (Stopwatch.GetTimestamp() < end)
        {
            System.Threading.Thread.SpinWait(1);
        }
    }
}
