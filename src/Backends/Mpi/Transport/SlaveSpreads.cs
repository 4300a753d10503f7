using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Backends.Mpi.Interop;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A slave's half of what several ranks are sent (<see cref="MasterSpreads"/>): it holds a message back, and those behind it, until the copy of its host is there;
/// a leader fetches that copy, shows it to its host and passes it on. Nothing here waits. The poller's.</summary>
internal sealed unsafe class SlaveSpreads(MpiWorld world)
{
    /// <summary>Pieces that are asked of MPI at a time.</summary>
    private const int AskedAtOnce = 4;

    private readonly Dictionary<long, SlaveSpread> _all = [];
    private readonly Queue<MpiMessage> _held = new();
    private long _newest; // The highest that a message named.

    /// <summary>Whether something is on its way to or through this rank.</summary>
    internal bool AreMoving { get; private set; }

    /// <summary>Whether a message from the master may be handed on; else it is kept until what it needs is there and all before it have gone.</summary>
    internal bool MayPass(MpiMessage message)
    {
        if (message.Frame.Spread != 0)
        {
            Expect(message.Frame.Spread);
        }

        if (_held.Count == 0 && IsReady(message))
        {
            HandOver(message);
            return true;
        }

        _held.Enqueue(message);
        return false;
    }

    /// <summary>The next message that was held back and may go now; null when there is none.</summary>
    /// <param name="ticket">Of the processor that is served: what was for another is dropped.</param>
    internal MpiMessage? TryPass(int ticket)
    {
        while (_held.TryPeek(out var message) && (message.Frame.Ticket != ticket || IsReady(message)))
        {
            _held.Dequeue();
            if (message.Frame.Ticket == ticket)
            {
                HandOver(message);
                return message;
            }

            if (message.Frame.Spread != 0)
            {
                Refuse(message.Frame.Spread);
            }

            message.Dispose();
        }

        return null;
    }

    /// <summary>Its message is for nobody.</summary>
    internal void Refuse(long id)
    {
        var spread = Expect(id);
        spread.IsTaken = true;
        Tell(MpiFrameKind.Has, id);
        DropIfDone(spread);
    }

    /// <summary>Takes what another rank says of a spread.</summary>
    internal void Take(MpiPeer from, MpiFrameKind kind, MpiMessage message)
    {
        if (kind == MpiFrameKind.Lead)
        {
            Lead(SpreadLead.Read(message));
            return;
        }

        var word = SpreadWord.Read(message);
        switch (kind)
        {
            case MpiFrameKind.Here:
                Open(from, word);
                break;
            case MpiFrameKind.Fetch:
                PassTo(from, Known(word.Id), word.At);
                break;
            case MpiFrameKind.Pieces when _all.TryGetValue(word.Id, out var spread) && spread.Parent == from.Rank && !spread.IsComplete && word.At == spread.Received:
                spread.Stream = (int)word.Number;
                AskForPieces(spread);
                break;
            case MpiFrameKind.Done when _all.TryGetValue(word.Id, out var spread):
                spread.IsDone = true;
                DropIfDone(spread);
                break;
            default:
                break; // From a parent that was given up.
        }
    }

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
            while (spread.Coming.TryPeek(out var first) && HasCome(spread, first.Request))
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

    private SlaveSpread Known(long id)
    {
        if (!_all.TryGetValue(id, out var spread))
        {
            _all.Add(id, spread = new SlaveSpread(id));
        }

        return spread;
    }

    private SlaveSpread Expect(long id)
    {
        _newest = long.Max(_newest, id);
        return Known(id);
    }

    private bool IsReady(MpiMessage message) => message.Frame.Spread == 0 || Known(message.Frame.Spread).IsComplete;

    private void HandOver(MpiMessage message)
    {
        if (message.Frame.Spread != 0)
        {
            var spread = Known(message.Frame.Spread);
            message.Attach(spread.Copy!.Retain());
            spread.IsTaken = true;
            DropIfDone(spread);
        }
    }

    /// <summary>The leader of this host shows its copy.</summary>
    private void Open(MpiPeer from, SpreadWord word)
    {
        if (!_all.TryGetValue(word.Id, out var spread))
        {
            if (word.Id <= _newest)
            {
                return; // Shown once more, by a leader that came after the one whose copy was used.
            }

            spread = Known(word.Id);
        }

        if (spread.IsComplete || spread.Layout is not null)
        {
            return;
        }

        spread.Copy = HostCopy.Open(from.Card.ProcessId, (int)word.Number);
        spread.IsComplete = spread.Copy is not null;
        Tell(spread.IsComplete ? MpiFrameKind.Has : MpiFrameKind.Misses, word.Id);
        DropIfDone(spread);
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
            nint request = 0;
            world.Gate.Enter();
            var code = MpiNative.MPI_Irecv(spread.Copy!.Address + piece.At, (int)piece.Bytes, world.Abi.Byte, parent.Rank, spread.Stream, world.Comm, &request);
            world.Gate.Exit();
            if (code != 0)
            {
                return; // The parent is gone: the master names another.
            }

            spread.Coming.Enqueue((request, piece.End));
            spread.Asked = piece.End;
        }
    }

    private bool HasCome(SlaveSpread spread, nint request)
    {
        int flag;
        RawStatus status;
        world.Gate.Enter();
        var code = MpiNative.MPI_Test(&request, &flag, &status);
        world.Gate.Exit();
        if (code != 0)
        {
            // The parent is gone: the master names another, when it knows.
            spread.Coming.Clear();
            spread.Stream = 0;
            _ = spread.Copy!.Retain();
        }

        return code == 0 && flag != 0;
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

    private void Tell(MpiFrameKind kind, long id) => SpreadWord.Send(world, world.Peers[0]!, kind, new SpreadWord(id));

    /// <summary>A leader keeps its copy until all ranks have theirs; others until their message is taken. What is under way to others lives on by itself.</summary>
    private void DropIfDone(SlaveSpread spread)
    {
        if (spread.IsTaken && (spread.IsDone || spread.Layout is null))
        {
            spread.Copy?.Release();
            _all.Remove(spread.Id);
        }
    }
}
