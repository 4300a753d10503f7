using System;
using HpcRuntime.Backends.Mpi.Transport;
using HpcRuntime.Backends.Native;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>The rings between the master and a rank of its host, both ends in this process.</summary>
[Platform("Linux")]
public sealed unsafe class FrameRingsTests
{
    private readonly NodeBoard _board = NodeBoard.Create(3, withRings: true)!;
    private readonly MpiBuffers _buffers = new();

    [OneTimeTearDown]
    public void TearDown() => _board.Dispose();

    [Test]
    public void Frames_of_every_length_come_out_as_they_went_in_and_those_without_room_wait_in_order([Values(1, 2)] int local, [Values] bool fromFirst, [Values(1, 2, 3)] int seed)
    {
        const int Frames = 20_000;
        var sender = _board.RingsOf(local, fromFirst);
        var receiver = _board.RingsOf(local, !fromFirst);
        var random = new Random(seed);
        int sent = 0, received = 0, rung = 0, deferred = 0;
        while (received < Frames)
        {
            for (var burst = random.Next(200); burst > 0 && sent < Frames; burst--)
            {
                deferred += Send(sender, sent) ? 0 : 1;
                sent++;
            }

            for (var burst = random.Next(200); burst > 0; burst--)
            {
                var frame = receiver.TryRead();
                if (frame.IsEmpty)
                {
                    Assert.That(sender.Waiting, Is.Zero, "frames wait for a reader that has taken all and did not ring");
                    break;
                }

                Assert.That(IsFrame(frame, received), Is.True, $"frame {received}");
                received++;
                if (receiver.Release())
                {
                    rung++;
                    sender.Push(_buffers);
                }
            }
        }

        Assert.That((sender.Waiting, receiver.TryRead().Length), Is.EqualTo((0, 0)));
        Assert.That(deferred, Is.Positive, "the ring was full now and then");
        Assert.That(rung, Is.Positive);
    }

    [Test]
    public void What_waits_for_a_rank_that_is_gone_is_dropped()
    {
        var sender = NodeBoard.Create(2, withRings: true)!.RingsOf(1, fromFirst: true);
        var number = 0;
        while (Send(sender, number++))
        {
        }

        Assert.That(sender.Waiting, Is.EqualTo(1));
        sender.Drop(_buffers);
        Assert.That(sender.Waiting, Is.Zero);
    }

    [Test]
    public void What_cannot_be_a_frame_is_refused([Values(0, -1, 15, 16, 1 << 20)] int length)
    {
        using var board = NodeBoard.Create(2, withRings: true)!;
        var sender = board.RingsOf(1, fromFirst: false);
        var frame = sender.TryReserve(8);
        *(int*)(frame - RingLayout.LeastFrameBytes) = length;
        sender.Publish();
        Assert.That(() => board.RingsOf(1, fromFirst: true).TryRead().Length, Throws.TypeOf<CorruptFrameException>());
    }

    [Test]
    public void A_board_without_rings_says_so()
    {
        using var with = NodeBoard.Create(1500, withRings: true)!;
        using var without = NodeBoard.Create(1500, withRings: false)!;
        using var opened = NodeBoard.Open(Environment.ProcessId, with.Descriptor, 1500)!;
        Assert.That((with.HasRings, without.HasRings, opened.HasRings), Is.EqualTo((true, false, true)));
    }

    /// <summary>Sends a frame as a rank does; false when it has to wait.</summary>
    private bool Send(FrameRings sender, int number)
    {
        var bytes = LengthOf(number);
        var room = sender.TryReserve(bytes);
        var frame = room == null ? _buffers.Take((nuint)bytes) : room;
        new Span<byte>(frame, bytes).Fill((byte)number);
        if (room != null)
        {
            sender.Publish();
            return true;
        }

        sender.Defer(frame, bytes);
        if (sender.Waiting == 1)
        {
            sender.Push(_buffers);
        }

        return false;
    }

    private static bool IsFrame(ReadOnlySpan<byte> frame, int number) => frame.Length == LengthOf(number) && !frame.ContainsAnyExcept((byte)number);

    private static int LengthOf(int number) => 1 + (number * 7919 % MpiFrame.MostAtOnce);
}
