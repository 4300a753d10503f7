using System;
using System.Buffers.Binary;
using System.Threading;
using HpcRuntime.Backends.Native;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

[Platform("Linux")]
public sealed class RingTests
{
    [Test]
    public void Frames_of_every_size_come_out_as_they_went_in_across_the_seam([Values(1, 2, 3)] int seed, [Values(4096, 65536)] int ringBytes)
    {
        using var ring = new RingPair(ringBytes);
        var random = new RandomStream(seed, 0, 0);
        TestContext.Out.WriteLine($"seed {seed}");
        var written = 0;
        var read = 0;
        while (read < 20_000)
        {
            var length = LengthOf(written, seed, ringBytes);
            if (random.Next(2) == 0)
            {
                var room = ring.Producer.TryReserve(length);
                if (!room.IsEmpty)
                {
                    FillFrame(room, written++);
                    ring.Producer.Publish();
                }
            }
            else
            {
                var frame = ring.Consumer.TryRead();
                if (frame.IsEmpty)
                {
                    Assert.That(read, Is.EqualTo(written), "What was published is there.");
                    continue;
                }

                AssertFrame(frame, read, LengthOf(read, seed, ringBytes));
                read++;
                ring.Consumer.Release();
            }
        }
    }

    [Test]
    public void Two_threads_that_hammer_a_ring_lose_nothing_and_tear_nothing()
    {
        using var ring = new RingPair(4096);
        const int Frames = 300_000;
        var producer = new Thread(() =>
        {
            for (var i = 0; i < Frames; i++)
            {
                Span<byte> room;
                while ((room = ring.Producer.TryReserve(LengthOf(i, 7, 4096))).IsEmpty)
                {
                    Thread.Yield();
                }

                FillFrame(room, i);
                ring.Producer.Publish();
            }
        });
        producer.Start();
        for (var i = 0; i < Frames; i++)
        {
            ReadOnlySpan<byte> frame;
            while ((frame = ring.Consumer.TryRead()).IsEmpty)
            {
                Thread.Yield();
            }

            AssertFrame(frame, i, LengthOf(i, 7, 4096));
            ring.Consumer.Release();
        }

        producer.Join();
    }

    [Test]
    public void A_frame_that_was_not_published_is_not_there_however_much_of_it_was_written()
    {
        using var ring = new RingPair(4096);
        for (var cut = 1; cut <= 512; cut++)
        {
            var room = ring.Producer.TryReserve(512);
            BinaryPrimitives.WriteInt32LittleEndian(room, 512);
            room[4..Math.Max(4, cut)].Fill(0xee);
            Assert.That(ring.Consumer.TryRead().IsEmpty, Is.True);
        }
    }

    [Test]
    public void A_tail_that_ends_within_a_frame_is_corrupt_at_every_cut()
    {
        using var ring = new RingPair(4096);
        FillFrame(ring.Producer.TryReserve(512), 1);
        ring.Producer.Publish();
        for (var cut = 1; cut < 512; cut++)
        {
            Volatile.Write(ref ring.Tail, cut);
            Assert.That(() => ring.AnotherConsumer().TryRead().Length, Throws.TypeOf<CorruptFrameException>());
        }

        Volatile.Write(ref ring.Tail, 512);
        AssertFrame(ring.Consumer.TryRead(), 1, 512);
    }

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(15)]
    [TestCase(513)]
    [TestCase(int.MaxValue)]
    [TestCase(int.MinValue)]
    public void A_length_that_cannot_be_is_corrupt(int length)
    {
        using var ring = new RingPair(4096);
        FillFrame(ring.Producer.TryReserve(512), 1);
        ring.Producer.Publish();
        BinaryPrimitives.WriteInt32LittleEndian(ring.Bytes, length);
        Assert.That(() => ring.Consumer.TryRead().Length, Throws.TypeOf<CorruptFrameException>());
    }

    [TestCase(-16)]
    [TestCase(4096 + 16)]
    [TestCase(long.MaxValue)]
    [TestCase(long.MinValue)]
    public void A_tail_that_cannot_be_is_corrupt(long tail)
    {
        using var ring = new RingPair(4096);
        Volatile.Write(ref ring.Tail, tail);
        Assert.That(() => ring.Consumer.TryRead().Length, Throws.TypeOf<CorruptFrameException>());
    }

    [Test]
    public void A_reader_rings_once_when_the_room_that_was_asked_for_is_there()
    {
        using var ring = new RingPair(4096);
        var frames = 0;
        while (!ring.Producer.TryReserve(1024).IsEmpty)
        {
            FillFrame(ring.Producer.TryReserve(1024), frames++);
            ring.Producer.Publish();
        }

        ring.Producer.AskForRoom();
        var rings = 0;
        for (var i = 0; i < frames; i++)
        {
            AssertFrame(ring.Consumer.TryRead(), i, 1024);
            rings += ring.Consumer.Release() ? 1 : 0;
        }

        Assert.That((frames, rings), Is.EqualTo((4, 1)));
    }

    private static int LengthOf(int number, int seed, int ringBytes) => 16 + (int)((uint)((number + 1) * 2654435761u * (uint)seed) % (uint)(ringBytes / 4 - 16));

    private static void FillFrame(Span<byte> frame, int number)
    {
        frame.Fill((byte)number);
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame[4..], number);
    }

    private static void AssertFrame(ReadOnlySpan<byte> frame, int number, int length)
    {
        if (frame.Length != length || BinaryPrimitives.ReadInt32LittleEndian(frame[4..]) != number || frame[8..].ContainsAnyExcept((byte)number))
        {
            Assert.Fail($"Frame {number} of {length} bytes came as frame {BinaryPrimitives.ReadInt32LittleEndian(frame[4..])} of {frame.Length}.");
        }
    }
}
