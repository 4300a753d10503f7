using System;
using System.Diagnostics;
using HpcRuntime.Backends.Mpi.Transport;
using HpcRuntime.Backends.Native;
using NUnit.Framework;

namespace HpcRuntime.Tests.MpiFabric;

/// <summary>Datagrams that wake a rank, without MPI.</summary>
[Platform("Linux")]
public sealed class RemoteBellTests
{
    private static readonly uint Loopback = BitConverter.ToUInt32([127, 0, 0, 1]);

    [Test]
    public void A_ring_is_heard_and_tells_who_rang()
    {
        var (bell, peers) = Pair(token: 7, told: 7);
        var heard = Ring(bell, peers);
        Assert.That((heard, peers[2]!.BellAddress, RemoteBell.Hears(peers[2]!, Stopwatch.GetTimestamp())), Is.EqualTo((true, Loopback, true)));
        Assert.That(RemoteBell.Hears(peers[2]!, Stopwatch.GetTimestamp() + (60 * Stopwatch.Frequency)), Is.False, "A minute later nothing has been heard for long.");
    }

    [Test]
    public void A_datagram_without_the_token_is_no_ring()
    {
        var (bell, peers) = Pair(token: 7, told: 8);
        Assert.That((Ring(bell, peers), peers[2]!.BellHeardAt), Is.EqualTo((false, 0)));
    }

    [Test]
    public void Who_was_heard_a_moment_ago_is_not_rung()
    {
        var (_, peers) = Pair(token: 7, told: 7);
        using var socket = DatagramSocket.TryOpen()!;
        var ringer = new RemoteBell(socket, 0, [Loopback], rank: 2);
        peers[1]!.HeardAt = Stopwatch.GetTimestamp() + (60 * Stopwatch.Frequency);
        ringer.Ring(peers[1]!);
        Assert.That(ringer.Sent, Is.Zero);
    }

    /// <summary>The bell of rank 1, and ranks 1 and 2 as each sees the other.</summary>
    private static (RemoteBell Bell, MpiPeer?[] Peers) Pair(ulong token, ulong told)
    {
        var socket = DatagramSocket.TryOpen()!;
        var card = HostCard.OfThisProcess();
        new RemoteBell(socket, told, [Loopback], rank: 1).Describe(ref card);
        return (new RemoteBell(socket, token, [Loopback], rank: 1), [null, new MpiPeer(1, card, -1) { HeardAt = 0 }, new MpiPeer(2, HostCard.OfThisProcess(), -1)]);
    }

    /// <summary>Rank 2 rings rank 1; whether that took it for a ring.</summary>
    private static bool Ring(RemoteBell bell, MpiPeer?[] peers)
    {
        using var socket = DatagramSocket.TryOpen()!;
        var ringer = new RemoteBell(socket, 0, [Loopback], rank: 2);
        ringer.Ring(peers[1]!);
        Assert.That(ringer.Sent, Is.EqualTo(1));
        LocalSocket.Wait(bell.Descriptor, write: false, 10_000);
        return bell.Answer(peers);
    }
}
