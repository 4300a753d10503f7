using System;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Prints what a message costs between two processes. The bounds are loose, for machines that are busy with other things; the figures belong into docs/performance.md from a quiet one.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class ShmLatencyTests
{
    /// <summary>Bytes. A background collection that ends while a test counts adds what was left of the thread's 8 KiB of fresh memory to its count, once: fewer bytes than this in each round are none.</summary>
    private const int SmallestObject = 24;

    [Test]
    public void A_small_message_comes_back_in_microseconds_and_allocates_nothing()
    {
        using var peer = new PeerProcess();
        var head = new byte[48];
        head[0] = (byte)'E';
        var hot = RoundTrips(peer, head, 100_000, () => { });
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            peer.Master.Send(1, head, []);
            peer.Master.Expect(ArrivalKind.Message).Message!.Dispose();
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        TestContext.Out.WriteLine($"hot: p50 {hot[hot.Length / 2]:f2} us, p99 {hot[hot.Length * 99 / 100]:f2} us; {allocated} bytes allocated in 1,000 round trips");
        Assert.That(hot[hot.Length / 100], Is.LessThan(500));
        Assert.That(allocated, Is.LessThan(1000 * SmallestObject));
    }

    [Test]
    public void A_parked_slave_answers_within_a_wake_up()
    {
        using var peer = new PeerProcess();
        var head = new byte[48];
        head[0] = (byte)'E';
        var parked = RoundTrips(peer, head, 500, () => peer.Master.Wait(TimeSpan.FromMilliseconds(1)));
        TestContext.Out.WriteLine($"both parked before: p50 {parked[250]:f1} us, p99 {parked[495]:f1} us");
        Assert.That(parked[50], Is.LessThan(5000));
    }

    [Test]
    public void Idle_ranks_cost_nothing()
    {
        using var peer = new PeerProcess();
        RoundTrips(peer, "E"u8.ToArray(), 1, () => { }); // It has started up.
        var least = long.MaxValue;
        for (var tries = 0; tries < 5 && least > 3; tries++)
        {
            var before = Ticks(peer.Child.Id);
            Assert.That(peer.Master.Wait(TimeSpan.FromSeconds(1)).Kind, Is.EqualTo(ArrivalKind.Deadline));
            least = Math.Min(least, Ticks(peer.Child.Id) - before);
        }

        Assert.That(least, Is.LessThanOrEqualTo(3), "Hundredths of a second of processor time in a second.");
    }

    [TestCase(1 << 20, 200)]
    [TestCase(64 << 20, 5)]
    public void Large_arrays_cross_at_the_speed_of_two_copies(int bytes, int times)
    {
        using var peer = new PeerProcess();
        var array = new double[bytes / 8];
        var copy = new double[bytes / 8];
        var other = new double[bytes / 8];
        Array.Fill(array, 1.5);
        Trip(peer, array, copy);
        Trip(peer, array, copy);
        var (trips, copies) = (double.MaxValue, double.MaxValue);
        var sum = 0.0;
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            Trip(peer, array, copy);
            sum += Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            trips = Math.Min(trips, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            start = Stopwatch.GetTimestamp();
            array.CopyTo(other, 0);
            other.CopyTo(copy, 0);
            array.CopyTo(other, 0);
            other.CopyTo(copy, 0);
            copies = Math.Min(copies, Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        TestContext.Out.WriteLine($"{bytes} bytes there and back: best {trips:f0} us, mean {sum / times:f0} us; four copies in one process {copies:f0} us: {copies / trips:p0}");
        Assert.That(trips, Is.LessThan(copies * 20));
    }

    private static void Trip(PeerProcess peer, double[] array, double[] back)
    {
        peer.Master.Send(1, "R"u8, [new WireBlock(array, (nuint)array.Length * 8, WireBlockOwnership.Lent)]);
        using var message = peer.Master.Expect(ArrivalKind.Message).Message!;
        message.Blocks.Fill(0, back);
    }

    private static double[] RoundTrips(PeerProcess peer, byte[] head, int count, Action before)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            before();
            var start = Stopwatch.GetTimestamp();
            peer.Master.Send(1, head, []);
            peer.Master.Expect(ArrivalKind.Message).Message!.Dispose();
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return [.. times.Order()];
    }

    /// <summary>Processor time of a process, user and system, in hundredths of a second.</summary>
    private static long Ticks(int process)
    {
        var fields = System.IO.File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ');
        return long.Parse(fields[11]) + long.Parse(fields[12]);
    }
}
