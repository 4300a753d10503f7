using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Wire;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>The master's half of what several ranks are sent. Each rank gets the message itself from the master, in order with all others; its published blocks go once to each host,
/// from leader to leader along a <see cref="SpreadTree"/>, and lie there in a <see cref="HostCopy"/>. Ranks ask for what they miss, so whoever is lost is simply passed over. From any thread.</summary>
internal sealed class MasterSpreads(MpiWorld world)
{
    /// <summary>Less than this is sent to each rank: it costs less than opening a copy.</summary>
    private const ulong Least = 64 << 10;

    /// <summary>A copy that all have is kept so long for ranks that come a little later.</summary>
    private static readonly long KeepTicks = Stopwatch.Frequency;

    private readonly Lock _gate = new();
    private readonly List<Spread> _spreads = []; // Under the gate.
    private long _lastId;                        // Under the gate.
    private volatile bool _any;

    /// <summary>Sends a message whose published blocks are spread; false when it has none that are worth it.</summary>
    internal bool TrySend(MpiPeer to, int ticket, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
    {
        var bytes = 0ul;
        foreach (ref readonly var block in blocks)
        {
            bytes += block.Ownership == WireBlockOwnership.Published ? block.ByteCount : 0;
        }

        if (bytes < Least || world.Size <= 2 || to.HasDied)
        {
            return false;
        }

        WireBlock[] published = [.. blocks.ToArray().Where(block => block.Ownership == WireBlockOwnership.Published)];
        lock (_gate)
        {
            // A rank that has had it may have let go of its copy: for such a one it is another spread.
            var spread = _spreads.Find(known => known.IsOf(published) && !known.Told.Contains(to.Rank)) ?? Begin(published);
            spread.UsedAt = Stopwatch.GetTimestamp();
            spread.Told.Add(to.Rank);
            spread.Outstanding.Add(to.Rank);
            Place(spread, to);
            world.Send(to, MpiFrameKind.Message, ticket, head, blocks, spread.Id);
        }

        return true;
    }

    /// <summary>Takes what a rank says of a spread.</summary>
    internal void Take(MpiPeer from, MpiFrameKind kind, SpreadWord word)
    {
        lock (_gate)
        {
            if (_spreads.Find(spread => spread.Id == word.Id) is not { } spread)
            {
                return;
            }

            switch (kind)
            {
                case MpiFrameKind.Fetch:
                    SendPieces(spread, from, word.At);
                    break;
                case MpiFrameKind.Misses:
                    Lead(spread, spread.Tree.Add(-from.Rank), from.Rank, []); // A host of its own: it sees none of the others'.
                    break;
                default:
                    Settle(spread, from.Rank);
                    break;
            }
        }
    }

    /// <summary>A rank is lost: another of its host takes its place, or its children turn to the place above.</summary>
    internal void Forget(MpiPeer lost)
    {
        lock (_gate)
        {
            foreach (var spread in _spreads)
            {
                Settle(spread, lost.Rank);
                if (spread.Tree.Hosts.FirstOrDefault(host => host.Leader == lost.Rank) is { } headless)
                {
                    headless.Leader = 0;
                    Reform(spread, headless);
                }
            }
        }
    }

    /// <summary>Lets go of what nobody needs any more. Now and then.</summary>
    internal void Tend()
    {
        if (_any)
        {
            lock (_gate)
            {
                var now = Stopwatch.GetTimestamp();
                Drop(spread => now - spread.UsedAt > KeepTicks);
            }
        }
    }

    /// <summary>Lets go of all that is done, before the world ends; false when some rank still needs something.</summary>
    internal bool Close()
    {
        lock (_gate)
        {
            Drop(_ => true);
            return _spreads.Count == 0;
        }
    }

    private Spread Begin(WireBlock[] published)
    {
        Drop(_ => true);
        var spread = new Spread(++_lastId, published, SpreadLayout.Of(published));
        _spreads.Add(spread);
        _any = true;
        return spread;
    }

    /// <summary>Sees to it that a rank finds the copy on its host.</summary>
    private void Place(Spread spread, MpiPeer rank)
    {
        if (rank.Host == 0)
        {
            SpreadWord.Send(world, rank, MpiFrameKind.Here, new SpreadWord(spread.Id, Number: (spread.Copy ??= CopyOf(spread)).Descriptor));
            return;
        }

        var host = spread.Tree.Find(rank.Host) ?? spread.Tree.Add(rank.Host);
        if (host.Leader > 0)
        {
            Lead(spread, host, host.Leader, [rank.Rank]);
        }
        else
        {
            Lead(spread, host, rank.Rank, []);
        }
    }

    private static HostCopy CopyOf(Spread spread)
    {
        var copy = HostCopy.Create(spread.Layout.Bytes);
        for (var i = 0; i < spread.Blocks.Length; i++)
        {
            copy.Write(spread.Layout.StartOf(i), spread.Blocks[i].Array, spread.Blocks[i].ByteCount);
        }

        return copy;
    }

    private void Lead(Spread spread, SpreadHost host, int leader, int[] locals)
    {
        (host.Leader, host.Parent) = (leader, spread.Tree.ParentOf(host));
        new SpreadLead(spread.Id, host.Parent, locals, spread.Layout.Sizes).Send(world, world.Peers[leader]!);
    }

    private void Reform(Spread spread, SpreadHost headless)
    {
        var waiting = spread.Outstanding.Where(rank => world.Peers[rank] is { HasDied: false } peer && peer.Host == headless.Host).Order().ToArray();
        if (waiting is [var next, .. var others])
        {
            Lead(spread, headless, next, others);
        }

        foreach (var child in spread.Tree.Hosts.Where(host => host.Leader > 0 && host.Parent != spread.Tree.ParentOf(host)))
        {
            Lead(spread, child, child.Leader, []);
        }
    }

    private void SendPieces(Spread spread, MpiPeer to, ulong from)
    {
        world.Gate.Enter();
        var stream = MpiPost.NextStream(to);
        world.Gate.Exit();
        SpreadWord.Send(world, to, MpiFrameKind.Pieces, new SpreadWord(spread.Id, from, stream));
        for (var at = from; spread.Layout.TryPiece(at, (ulong)to.PieceBytes, out var piece) && !to.HasDied; at = piece.End)
        {
            world.Gate.Enter();
            try
            {
                world.Post.SendPiece(to, stream, spread.Blocks[piece.Block].Array, (nuint)(piece.At - spread.Layout.StartOf(piece.Block)), (nuint)piece.Bytes);
            }
            finally
            {
                world.Gate.Exit();
            }

            spread.SentBytes += piece.Bytes;
        }

        world.Ring(to);
        if (to.HasDied)
        {
            world.Role.NoteDeath(); // The library noticed just now.
        }
    }

    private void Settle(Spread spread, int rank)
    {
        if (spread.Outstanding.Remove(rank) && spread.Outstanding.Count == 0)
        {
            world.Log?.Debug("Data of {Bytes} bytes is with {Ranks} ranks, on {Hosts} other hosts: {Sent} bytes sent from here, {Copied} bytes copied for this host", spread.Layout.Bytes, spread.Told.Count, spread.Tree.Hosts.Count, spread.SentBytes, spread.Copy is null ? 0 : spread.Layout.Bytes);
        }
    }

    private void Drop(Predicate<Spread> which)
    {
        foreach (var spread in _spreads.FindAll(spread => spread.Outstanding.Count == 0 && which(spread)))
        {
            _spreads.Remove(spread);
            spread.Copy?.Release();
            foreach (var host in spread.Tree.Hosts.Where(host => host.Leader > 0))
            {
                SpreadWord.Send(world, world.Peers[host.Leader]!, MpiFrameKind.Done, new SpreadWord(spread.Id));
            }
        }

        _any = _spreads.Count > 0;
    }
}
