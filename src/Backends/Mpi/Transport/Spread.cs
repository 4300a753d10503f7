using System.Collections.Generic;
using System.Diagnostics;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>Blocks that several ranks are sent, as the master keeps them until all of those have them. Under the lock of <see cref="MasterSpreads"/>.</summary>
internal sealed class Spread(long id, WireBlock[] blocks, SpreadLayout layout)
{
    internal long Id { get; } = id;

    /// <summary>The published blocks of the message, in its order.</summary>
    internal WireBlock[] Blocks { get; } = blocks;

    internal SpreadLayout Layout { get; } = layout;

    internal SpreadTree Tree { get; } = new();

    /// <summary>The copy for ranks of the master's own host; null while there is no such rank.</summary>
    internal HostCopy? Copy { get; set; }

    /// <summary>Ranks that were sent it.</summary>
    internal HashSet<int> Told { get; } = [];

    /// <summary>Those of them that may still need something.</summary>
    internal HashSet<int> Outstanding { get; } = [];

    /// <summary>When a rank was last added, in Stopwatch ticks.</summary>
    internal long UsedAt { get; set; } = Stopwatch.GetTimestamp();

    /// <summary>Bytes that the master has sent of it.</summary>
    internal ulong SentBytes { get; set; }

    internal bool IsOf(WireBlock[] published)
    {
        if (published.Length != Blocks.Length)
        {
            return false;
        }

        for (var i = 0; i < published.Length; i++)
        {
            if (!ReferenceEquals(published[i].Array, Blocks[i].Array))
            {
                return false;
            }
        }

        return true;
    }
}
