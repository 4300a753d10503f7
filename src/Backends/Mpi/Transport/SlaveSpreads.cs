using System.Collections.Generic;

namespace HpcRuntime.Backends.Mpi.Transport;

/// <summary>A slave's half of what several ranks are sent (<see cref="MasterSpreads"/>): it holds a message back, and those behind it, until the copy of its host is there;
/// a leader fetches that copy, shows it to its host and passes it on. Nothing here waits. The poller's.</summary>
internal sealed unsafe partial class SlaveSpreads(MpiWorld world)
{
    private readonly Dictionary<long, SlaveSpread> _all = [];
    private readonly Queue<MpiMessage> _held = new();
    private long _newest; // The highest that a message named.

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
        if (spread.Layout is null || spread.IsComplete)
        {
            Tell(MpiFrameKind.Has, id); // A leader that still receives says so when it has all.
        }

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

    private void Tell(MpiFrameKind kind, long id) => SpreadWord.Send(world, world.Peers[0]!, kind, new SpreadWord(id));

    /// <summary>A leader keeps its copy until all ranks have theirs; others until their message is taken. What is under way to others lives on by itself.</summary>
    private void DropIfDone(SlaveSpread spread)
    {
        if (spread.IsTaken && (spread.IsDone || spread.Layout is null))
        {
            if (spread.Coming.Count == 0)
            {
                spread.Copy?.Release(); // Else the library may still write there.
            }

            _all.Remove(spread.Id);
        }
    }
}
