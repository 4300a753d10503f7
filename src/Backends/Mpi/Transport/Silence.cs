using System;
using System.Diagnostics;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>How long a rank of another host has shown no life while a message of its is awaited. The thread that waits for the rest is the one that would look for signs of life;
/// those that come by the bell are heard by the keeper all the same.</summary>
internal struct Silence(MpiPeer peer, TimeSpan? most)
{
    /// <summary>Where no bell is heard, a piece of a message may take so many times as long.</summary>
    private const int WithoutBell = 10;

    private long _last = Stopwatch.GetTimestamp();
    private long _silent;
    private long _heard = peer.BellHeardAt;

    /// <summary>Whether it is lost for its silence; then it is marked so. To be asked many times a second: time in which this rank itself stood still does not count.</summary>
    internal bool IsTooLong()
    {
        var now = Stopwatch.GetTimestamp();
        _silent += Math.Min(now - _last, Stopwatch.Frequency / 10);
        _last = now;
        if (peer.BellHeardAt != _heard)
        {
            (_heard, _silent) = (peer.BellHeardAt, 0);
        }

        if (most is not { } time || _silent <= time.TotalSeconds * Stopwatch.Frequency * (_heard == 0 ? WithoutBell : 1))
        {
            return false;
        }

        peer.KilledBecause ??= FormattableString.Invariant($"showed no life for {time.TotalSeconds:0.###} s in the midst of a message (stopped, or its host or network is)");
        peer.FellSilent = true;
        peer.HasDied = true;
        return true;
    }
}
