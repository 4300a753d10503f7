using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>Datagrams by which ranks on other hosts wake each other: a message over MPI wakes nobody. They carry the receiver's token, which only ranks of this world know, the sender's rank, and whether its library is lent.
/// One that is lost does no harm: a rank that sleeps looks now and then all the same, and one that hears none from its peers looks often.</summary>
internal sealed class RemoteBell(DatagramSocket socket, ulong token, uint[] addresses, int rank)
{
    private const int DatagramBytes = 16;
    private const int Mark = 0x48504342; // "HPCB"
    private const int LentMark = 0x4850434C; // "HPCL": the same, and the sender's library is lent to its application.

    /// <summary>At most one in so many ticks for each peer.</summary>
    private static readonly long Interval = Stopwatch.Frequency * 100 / 1_000_000;

    /// <summary>Whoever was heard within so many ticks is awake: it looks for longer than that before it sleeps.</summary>
    private static readonly long Awake = Stopwatch.Frequency * 30 / 1_000_000;

    /// <summary>With each beat comes a ring: who was not heard for several beats cannot be heard.</summary>
    private static readonly long Deaf = Stopwatch.Frequency * 5;

    internal int Descriptor => socket.Descriptor;

    /// <summary>Datagrams sent so far.</summary>
    internal long Sent { get; private set; }

    /// <summary>A bell on a port that the system chooses; null where there is no IPv4 network.</summary>
    internal static RemoteBell? TryOpen(int rank)
    {
        var addresses = OwnAddresses();
        return addresses.Length > 0 && DatagramSocket.TryOpen() is { } socket
            ? new RemoteBell(socket, BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))), addresses, rank)
            : null;
    }

    /// <summary>Says where this rank is rung.</summary>
    internal void Describe(ref HostCard card)
    {
        (card.BellPort, card.BellToken) = (socket.Port, token);
        card.SetBellAddresses(addresses);
    }

    /// <summary>Rings a rank on another host that may be asleep; or in any case, so that it knows that it would be. From any thread.</summary>
    internal void Ring(MpiPeer peer, bool inAnyCase = false, bool isLent = false)
    {
        var now = Stopwatch.GetTimestamp();
        if (peer.Card.BellPort == 0 || (!inAnyCase && (now - peer.RungAt < Interval || now - peer.HeardAt < Awake)))
        {
            return;
        }

        peer.RungAt = now;
        Span<byte> datagram = stackalloc byte[DatagramBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(datagram, peer.Card.BellToken);
        BinaryPrimitives.WriteInt32LittleEndian(datagram[8..], rank);
        BinaryPrimitives.WriteInt32LittleEndian(datagram[12..], isLent ? LentMark : Mark);
        if (peer.BellAddress is { } heard and not 0)
        {
            Send(heard, peer.Card.BellPort, datagram);
            return;
        }

        // A host may have several addresses, not all of them for us; that from which it answers is.
        foreach (var address in peer.Card.BellAddresses())
        {
            Send(address, peer.Card.BellPort, datagram);
        }
    }

    /// <summary>Takes the datagrams that came; whether any of them was a ring. One thread.</summary>
    internal bool Answer(MpiPeer?[] peers)
    {
        var rung = false;
        Span<byte> datagram = stackalloc byte[DatagramBytes + 1];
        for (int length; (length = socket.TryReceive(datagram, out var from)) >= 0;)
        {
            var sender = BinaryPrimitives.ReadInt32LittleEndian(datagram[8..]);
            var mark = BinaryPrimitives.ReadInt32LittleEndian(datagram[12..]);
            if (length == DatagramBytes && BinaryPrimitives.ReadUInt64LittleEndian(datagram) == token && (mark is Mark or LentMark)
                && (uint)sender < (uint)peers.Length && peers[sender] is { } peer)
            {
                rung = true;
                (peer.BellAddress, peer.BellHeardAt) = (from, Stopwatch.GetTimestamp());
                peer.LentAt = mark == LentMark ? peer.BellHeardAt : peer.LentAt;
            }
        }

        return rung;
    }

    /// <summary>Whether rings of a rank reach this one.</summary>
    internal static bool Hears(MpiPeer peer, long now) => peer.BellHeardAt != 0 && now - peer.BellHeardAt < Deaf;

    private void Send(uint address, int port, ReadOnlySpan<byte> datagram)
    {
        // One that the system refuses (no route, a firewall) is as good as lost on the way.
        if (socket.TrySend(address, port, datagram))
        {
            Sent++;
        }
    }

    private static uint[] OwnAddresses()
    {
        var addresses = new System.Collections.Generic.List<uint>();
        foreach (var card in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            {
                foreach (var own in card.GetIPProperties().UnicastAddresses)
                {
                    if (own.Address.AddressFamily == AddressFamily.InterNetwork && addresses.Count < HostCard.MostBellAddresses)
                    {
                        addresses.Add(BinaryPrimitives.ReadUInt32LittleEndian(own.Address.GetAddressBytes()));
                    }
                }
            }
        }

        return [.. addresses];
    }
}
