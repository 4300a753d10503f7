using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>The interface of this machine that leads to the other hosts.</summary>
/// <param name="Name">Such as eth0.</param>
/// <param name="Subnet">Its network, such as 10.0.0.0/24.</param>
/// <param name="ReachesAllDirectly">Whether every other host is in that network.</param>
internal sealed record HostNetwork(string Name, string Subnet, bool ReachesAllDirectly)
{
    private const int AnyPort = 9; // Nothing is sent: connecting a datagram socket only asks the system for the route.

    /// <summary>Whether a name means this machine.</summary>
    internal static bool IsThisMachine(string host)
    {
        var name = host[(host.IndexOf('@', StringComparison.Ordinal) + 1)..];
        var own = Environment.MachineName;
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.Equals(own, StringComparison.OrdinalIgnoreCase) || name.Split('.')[0].Equals(own.Split('.')[0], StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        return Addresses(name).Any(address => IPAddress.IsLoopback(address) || OwnAddresses().Any(own => own.Address.Equals(address)));
    }

    /// <summary>The interface that leads to these hosts; null when none of their names can be resolved here.</summary>
    internal static HostNetwork? Towards(IReadOnlyList<string> hosts)
    {
        var there = hosts.Select(host => Addresses(host).FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)).ToList();
        if (there.OfType<IPAddress>().FirstOrDefault() is not { } first)
        {
            return null;
        }

        IPAddress from;
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(first, AnyPort);
            from = ((IPEndPoint)socket.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null; // No route: mpiexec will say so in its own words.
        }

        return Find(own => own.Address.Equals(from)) is { } found
            ? new HostNetwork(found.Interface, SubnetOf(found.Address, found.Prefix), there.All(address => address is not null && SubnetOf(address, found.Prefix) == SubnetOf(found.Address, found.Prefix)))
            : null;
    }

    /// <summary>An interface by its name.</summary>
    /// <exception cref="LaunchException">There is none with an IPv4 address.</exception>
    internal static HostNetwork Named(string name) => Find(own => own.Interface == name) is { } found
        ? new HostNetwork(name, SubnetOf(found.Address, found.Prefix), ReachesAllDirectly: true)
        : throw new LaunchException($"mpi.iface={name}: this machine has no such interface with an IPv4 address; it has {string.Join(", ", OwnAddresses().Where(own => own.Address.AddressFamily == AddressFamily.InterNetwork).Select(own => own.Interface).Distinct())}.");

    /// <summary>The network of an IPv4 address, such as 10.0.0.0/24.</summary>
    internal static string SubnetOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(prefix - (8 * i), 0, 8));
        }

        return string.Create(CultureInfo.InvariantCulture, $"{new IPAddress(bytes)}/{prefix}");
    }

    private static (string Interface, IPAddress Address, int Prefix)? Find(Func<(string Interface, IPAddress Address, int Prefix), bool> wanted)
        => OwnAddresses().Where(own => own.Address.AddressFamily == AddressFamily.InterNetwork).Where(wanted).Select(own => ((string, IPAddress, int)?)own).FirstOrDefault();

    private static IEnumerable<(string Interface, IPAddress Address, int Prefix)> OwnAddresses()
        => NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses.Select(own => (card.Name, own.Address, own.PrefixLength)));

    private static IPAddress[] Addresses(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host[(host.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return []; // A name that only ssh's configuration knows, or nobody.
        }
    }
}
