using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>The ranks of one host, which follow each other.</summary>
/// <param name="Host">The host.</param>
/// <param name="First">Its first rank.</param>
/// <param name="Count">Its ranks, the master among them on the first host.</param>
internal sealed record HostRanks(HostSlots Host, int First, int Count)
{
    /// <summary>Slaves on the host.</summary>
    internal int Slaves => First == 0 ? Count - 1 : Count;

    /// <summary>Whether more slaves are here than it has slots.</summary>
    internal bool IsOversubscribed => Slaves > Host.Slots;
}

/// <summary>Which rank runs where. Slaves fill the slots host by host, and go round again where there are more of them;
/// the master is one rank more on the first host and takes no slot: it waits most of the time, and a core for it would be wasted.</summary>
/// <param name="Hosts">The hosts that have ranks, the master's first.</param>
internal sealed record Placement(IReadOnlyList<HostRanks> Hosts)
{
    /// <summary>Ranks in all.</summary>
    internal int Size => Hosts.Sum(host => host.Count);

    /// <summary>Places a master and <paramref name="slaves"/> slaves.</summary>
    /// <exception cref="LaunchException">The limits of the hosts leave no room for all.</exception>
    internal static Placement Create(HostFile file, int slaves)
    {
        var counts = new int[file.Hosts.Count];
        var left = slaves;
        while (left > 0)
        {
            var before = left;
            for (var i = 0; i < counts.Length && left > 0; i++)
            {
                var host = file.Hosts[i];
                var room = Math.Min(host.Slots, (host.Limit ?? int.MaxValue) - counts[i]);
                var taken = Math.Min(room, left);
                counts[i] += taken;
                left -= taken;
            }

            if (left == before)
            {
                throw new LaunchException(string.Create(CultureInfo.InvariantCulture, $"host file {file.Source}: has room for {slaves - left} slaves by its max_slots, not for {slaves}; ask for fewer with -n, or raise the limits."));
            }
        }

        var hosts = new List<HostRanks>();
        var first = 0;
        for (var i = 0; i < counts.Length; i++)
        {
            var count = counts[i] + (i == 0 ? 1 : 0);
            if (count > 0)
            {
                hosts.Add(new HostRanks(file.Hosts[i], first, count));
                first += count;
            }
        }

        return new Placement(hosts);
    }

    /// <summary>The host of a rank.</summary>
    internal string HostOf(int rank) => Hosts.Last(host => host.First <= rank).Host.Name;
}
