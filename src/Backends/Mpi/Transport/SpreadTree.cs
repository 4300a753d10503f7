using System.Collections.Generic;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>The hosts that get a spread, as a binomial tree that grows as they are added: the master's is place 0, and the parent of a place is that number without its lowest one-bit,
/// so that the master sends a copy to log2 of the hosts and each of those passes it on. A place whose leader is lost is passed over: its children turn to the place above.</summary>
internal sealed class SpreadTree
{
    private readonly List<SpreadHost> _places = []; // Place 1 first.

    /// <summary>Hosts but the master's.</summary>
    internal IReadOnlyList<SpreadHost> Hosts => _places;

    /// <summary>The host of that number; null when it has no place.</summary>
    internal SpreadHost? Find(int host) => _places.Find(place => place.Host == host);

    internal SpreadHost Add(int host)
    {
        var place = new SpreadHost(host, _places.Count + 1);
        _places.Add(place);
        return place;
    }

    /// <summary>The rank from which the leader of a place gets its copy: the nearest above that has a leader; 0 is the master.</summary>
    internal int ParentOf(SpreadHost host)
    {
        for (var place = Above(host.Place); place > 0; place = Above(place))
        {
            if (_places[place - 1].Leader > 0)
            {
                return _places[place - 1].Leader;
            }
        }

        return 0;
    }

    private static int Above(int place) => place & (place - 1);
}

/// <summary>One host's place.</summary>
internal sealed class SpreadHost(int host, int place)
{
    internal int Host { get; } = host;

    internal int Place { get; } = place;

    /// <summary>The rank that gets the copy and shows it to the others; 0 for none.</summary>
    internal int Leader { get; set; }

    /// <summary>The rank that the leader was told to get it from.</summary>
    internal int Parent { get; set; }
}
