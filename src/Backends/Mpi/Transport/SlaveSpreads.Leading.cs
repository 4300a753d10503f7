using System.Linq;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <content>What a leader does: it fetches the copy of its host, shows it and passes it on.</content>
internal sealed unsafe partial class SlaveSpreads
{
    /// <summary>Pieces that are asked of MPI at a time.</summary>
    private const int AskedAtOnce = 4;

    /// <summary>Whether something is on its way to or through this rank.</summary>
    internal bool AreMoving { get; private set; }

    /// <summary>Takes in what has come, and passes it on. At each look.</summary>
    internal void Advance()
    {
        if (!AreMoving)
        {
            return;
        }

        AreMoving = false;
        foreach (var spread in _all.Values.Where(spread => spread is { IsComplete: false, Layout: not null }).ToList())
        {
            while (spread.Coming.TryPeek(out var first) && HasCome(spread, first.Piece))
            {
                spread.Coming.Dequeue();
                spread.Received = first.End;
                AskForPieces(spread);
                spread.Children.ForEach(child => PassOn(spread, child));
            }

            if (!spread.Layout!.TryPiece(spread.Received, 1, out _))
            {
                Complete(spread);
            }

            AreMoving |= !spread.IsComplete;
        }
    }

    private void Lead(SpreadLead lead)
    {
        var spread = Known(lead.Id);
        spread.Locals.AddRange(lead.Locals);
        var first = spread.Layout is null;
        spread.Layout ??= new SpreadLayout(lead.Sizes);
        if (spread.IsComplete)
        {
            Show(spread);
        }
        else if (first || spread.Parent != lead.Parent)
        {
            // What the former parent may still send goes to the same place and is the same; but the copy must stay where it is for good.
            spread.Copy ??= HostCopy.Create(spread.Layout.Bytes);
            _ = spread.Coming.Count > 0 ? spread.Copy.Retain() : null;
            spread.Coming.Clear();
            (spread.Parent, spread.Stream, spread.Asked) = (lead.Parent, 0, spread.Received);
            AreMoving = true;
            SpreadWord.Send(world, world.Peers[lead.Parent]!, MpiFrameKind.Fetch, new SpreadWord(spread.Id, spread.Received));
        }

        if (first)
        {
            spread.IsTaken = lead.Id <= _newest && !_held.Any(message => message.Frame.Spread == lead.Id);
            spread.Early.ForEach(early => PassTo(early.From, spread, early.At));
            spread.Early.Clear();
        }
    }

    private void PassTo(MpiPeer child, SlaveSpread spread, ulong at)
    {
        if (spread.Layout is null || spread.Copy is null)
        {
            spread.Early.Add((child, at));
            return;
        }

        world.Gate.Enter();
        var stream = MpiPost.NextStream(child);
        world.Gate.Exit();
        SpreadWord.Send(world, child, MpiFrameKind.Pieces, new SpreadWord(spread.Id, at, stream));
        spread.Children.RemoveAll(former => former.Peer == child);
        spread.Children.Add(new SpreadChild(child, stream, at));
        PassOn(spread, spread.Children[^1]);
    }

    /// <summary>Sends a child what is here and was not sent. It is sent in the pieces that the child expects, whole ones only.</summary>
    private void PassOn(SlaveSpread spread, SpreadChild child)
    {
        while (!child.Peer.HasDied && spread.Layout!.TryPiece(child.Next, (ulong)child.Peer.PieceBytes, out var piece) && (spread.IsComplete || piece.End <= spread.Received))
        {
            world.Gate.Enter();
            world.Post.SendPiece(child.Peer, child.Stream, spread.Copy!, (nuint)piece.At, (nuint)piece.Bytes);
            world.Gate.Exit();
            child.Next = piece.End;
        }
    }

    private void AskForPieces(SlaveSpread spread)
    {
        var parent = world.Peers[spread.Parent]!;
        while (spread.Stream != 0 && spread.Coming.Count < AskedAtOnce && spread.Layout!.TryPiece(spread.Asked, (ulong)parent.PieceBytes, out var piece))
        {
            world.Gate.Enter();
            var coming = IncomingPiece.Begin(parent, spread.Stream, spread.Copy!.Address + piece.At, (nuint)piece.Bytes, world.Comm, world.Abi, out _);
            world.Gate.Exit();
            if (coming is null)
            {
                return; // The parent is gone: the master names another.
            }

            spread.Coming.Enqueue((coming, piece.End));
            spread.Asked = piece.End;
        }
    }

    private bool HasCome(SlaveSpread spread, IncomingPiece piece)
    {
        world.Gate.Enter();
        var receipt = piece.Test(world.Abi);
        world.Gate.Exit();
        if (receipt == Receipt.Broken)
        {
            // The parent is gone: the master names another, when it knows.
            spread.Coming.Clear();
            spread.Stream = 0;
            _ = spread.Copy!.Retain();
        }

        return receipt == Receipt.Whole;
    }

    private void Complete(SlaveSpread spread)
    {
        spread.IsComplete = true;
        spread.Children.ForEach(child => PassOn(spread, child));
        Show(spread);
        Tell(MpiFrameKind.Has, spread.Id);
        DropIfDone(spread);
    }

    private void Show(SlaveSpread spread)
    {
        foreach (var rank in spread.Locals.Where(rank => rank != world.Rank))
        {
            SpreadWord.Send(world, world.Peers[rank]!, MpiFrameKind.Here, new SpreadWord(spread.Id, Number: spread.Copy!.Descriptor));
        }

        spread.Locals.Clear();
    }
}
