using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <content>Commands that are made now and handed out later: what the floor above builds dependencies, groups and maps on.</content>
public sealed partial class Processor
{
    private readonly HashSet<CommandEntry> _held = []; // Guards itself. Made and not yet handed to the loop, which does not know them.

    /// <summary>The number of the next run, for something that counts its own items: they have random streams of their own.</summary>
    internal long TakeRunNumber()
    {
        lock (_queueGate)
        {
            return ++_runs;
        }
    }

    /// <summary>Makes a future whose command waits until it is released or ended. Cancelling and closing reach it meanwhile.</summary>
    internal Task<T> Hold<T>(SlaveCommand command, CommandOptions? options, FutureCompletion<T> completion, CancellationToken cancellation)
    {
        ThrowIfUnusable(nameof(Submit));
        var entry = MakeEntry(command, completion, options, stage: false);
        completion.Entry = entry;
        entry.Index = Interlocked.Increment(ref _submissions);
        lock (_held)
        {
            _held.Add(entry);
        }

        if (cancellation.CanBeCanceled)
        {
            completion.Registration = cancellation.UnsafeRegister(_ => CancelEntry(entry), null);
        }

        if (_disposed)
        {
            CancelHeld("the processor was closed"); // It was closed a moment ago and may have looked before this one was there.
        }

        return completion.Future;
    }

    /// <summary>Hands a held command out. From any thread; one that was cancelled meanwhile is passed over.</summary>
    internal void Release(CommandEntry entry)
    {
        lock (_held)
        {
            _held.Remove(entry);
        }

        _loop.Post(loop => loop.Enqueue(entry));
        if (_finished)
        {
            CancelQueued(entry, "the processor was closed"); // Nobody may come by to take it in.
        }
    }

    /// <summary>Ends a held command without running it. From any thread. Does nothing when it has ended already.</summary>
    internal void EndHeld(CommandEntry entry, CommandStatus outcome, Exception error)
    {
        lock (_held)
        {
            _held.Remove(entry);
        }

        if (entry.Move(CommandStatus.Queued, outcome))
        {
            entry.Error = error;
            _loop.SettleElsewhere(entry);
        }
    }

    private void CancelHeld(string reason)
    {
        CommandEntry[] held;
        lock (_held)
        {
            held = [.. _held];
            _held.Clear();
        }

        foreach (var entry in held)
        {
            CancelQueued(entry, reason);
        }
    }
}
