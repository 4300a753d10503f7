using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Which command goes to which slave, and when.</content>
internal sealed partial class MasterLoop
{
    private readonly CommandQueue _queue = new();
    private readonly Queue<CommandEntry[]> _staticChunks = [];
    private readonly List<CommandEntry> _chunk = [];
    private readonly WireWriter _body;
    private int _turn;
    private volatile bool _moreToCome;
    private bool _mayHaveRoom = true; // Seats may have room that they had while nothing waited.
    private ChunkTerms _offered;      // The terms under which every seat had the chance to be refilled, or what they have shrunk to since.

    internal int Waiting => _queue.Count;

    /// <summary>Commands that can be used up before slaves must wait for more: how far ahead a lazy input is read.</summary>
    internal int LowWater => ChunkPolicy.LowWater(AliveSlaves);

    /// <summary>Whether a lazy input still has commands: then few that wait are no reason for small chunks. From any thread.</summary>
    internal bool MoreToCome
    {
        get => _moreToCome;
        set => _moreToCome = value;
    }

    internal void Enqueue(CommandEntry entry)
    {
        if (IsClosing)
        {
            entry.Run?.Cancel("the processor is closing", _clock.GetTimestamp());
            End(entry, CommandStatus.Queued, CommandStatus.Cancelled, new CommandCancelledException(entry, "the processor is closing"));
        }
        else if (AliveSlaves == 0 && !AnySlaveToCome)
        {
            EndLost(entry, CommandStatus.Queued, NoSlaveLeft(), _lastLossOutput);
        }
        else if (entry.PinnedRank > 0)
        {
            EnqueuePinned(entry);
        }
        else
        {
            _queue.Add(entry);
        }
    }

    private void EnqueuePinned(CommandEntry entry)
    {
        if (_seats.TryGetValue(entry.PinnedRank, out var seat) && (seat.State is SeatState.Ready or SeatState.Joining || seat.WillReturn || seat.IsRenewed))
        {
            seat.Pinned.Enqueue(entry);
            Refill(seat);
        }
        else
        {
            EndLost(entry, CommandStatus.Queued, RankIsGone(entry.PinnedRank), _lastLossOutput);
        }
    }

    /// <summary>Cuts the commands of a run as relax does and deals the chunks out to idle slaves.</summary>
    internal void EnqueueStatic(IReadOnlyList<CommandEntry> entries)
    {
        foreach (var places in ChunkPolicy.StaticCut(entries.Count, Math.Max(1, AliveSlaves), _options.Grain))
        {
            _staticChunks.Enqueue([.. places.ConvertAll(place => entries[place])]);
        }
    }

    /// <summary>Gives work to slaves that have room: first to the idle ones, then to all. Each is also refilled whenever it reports, so that all are
    /// looked at only when there was nothing to refill them with, or when a slave may hold much more than before: a turn costs the same for any number of slaves.</summary>
    private void Dispatch()
    {
        if (_queue.Count == 0 && _staticChunks.Count == 0)
        {
            _mayHaveRoom = true;
            RecallForIdle();
            return;
        }

        if (AliveSlaves == 0)
        {
            _mayHaveRoom = true; // A replacement is on its way, else nothing would wait.
            return;
        }

        if (_census.Idle > 0)
        {
            Offer(idleOnly: true);
        }

        if (_queue.Peek() is not { } head)
        {
            return;
        }

        var terms = TermsFor(head);
        if (_mayHaveRoom || terms.Size >= 2 * _offered.Size || terms.Limit >= 2 * _offered.Limit)
        {
            Offer(idleOnly: false);
            _mayHaveRoom = _queue.Count == 0;
            _offered = terms;
        }
        else
        {
            _offered = new ChunkTerms(Math.Min(terms.Size, _offered.Size), Math.Min(terms.Limit, _offered.Limit));
        }
    }

    private void Offer(bool idleOnly)
    {
        var seats = _seats.Values;
        for (var i = 0; i < seats.Count && (_queue.Count > 0 || _staticChunks.Count > 0) && (!idleOnly || _census.Idle > 0); i++)
        {
            var seat = seats[(i + _turn) % seats.Count];
            if (!idleOnly || seat.InFlight.Count == 0)
            {
                Refill(seat);
            }
        }

        _turn = (_turn + 1) % Math.Max(1, seats.Count);
    }

    /// <summary>How the commands at the head of the queue travel.</summary>
    private ChunkTerms TermsFor(CommandEntry head)
    {
        if (_traits.InLine)
        {
            return new ChunkTerms(1, 1);
        }

        var size = ChunkPolicy.ChunkSize(_options.Chunking, head.Kind, MoreToCome ? Math.Max(_queue.Count, LowWater) : _queue.Count, AliveSlaves);
        return new ChunkTerms(size, ChunkPolicy.InFlightLimit(_options.Chunking, head.Kind, size));
    }

    private void Refill(SlaveSeat seat)
    {
        if (seat.State != SeatState.Ready || seat.IsSilent || seat.Ending is not null)
        {
            return;
        }

        // Not ahead of time: it could not be given to another slave while this one is long in a command.
        while (seat.InFlight.Count == 0 && seat.Pinned.TryDequeue(out var pinned))
        {
            _chunk.Clear();
            TryAddToChunk(pinned);
            SendChunk(seat);
        }

        if (_staticChunks.Count > 0)
        {
            RefillStatic(seat);
        }

        while (_queue.Peek() is { } head)
        {
            var (size, limit) = TermsFor(head);
            var room = limit - seat.InFlight.Count;

            // Waiting for room for a whole chunk keeps messages large.
            if (room < Math.Min(size, Math.Max(1, _queue.Count)))
            {
                return;
            }

            FillChunk(size);
            SendChunk(seat);
        }
    }

    private void RefillStatic(SlaveSeat seat)
    {
        while (seat.InFlight.Count == 0 && _staticChunks.TryDequeue(out var chunk))
        {
            _chunk.Clear();
            foreach (var entry in chunk)
            {
                TryAddToChunk(entry);
            }

            SendChunk(seat);
        }
    }

    private void FillChunk(int size)
    {
        _chunk.Clear();
        var bytes = 0;
        while (_chunk.Count < size && bytes < ChunkPolicy.LargestChunkBytes && _queue.Peek() is { } entry)
        {
            _queue.Take();
            if (TryAddToChunk(entry))
            {
                bytes += entry.Snapshot!.Length;
                if (entry.Blocks is not null)
                {
                    return; // Large arrays travel one command at a time: the next slave need not wait behind them.
                }
            }
        }
    }

    /// <summary>False when another thread cancelled the command a moment ago.</summary>
    private bool TryAddToChunk(CommandEntry entry)
    {
        if (!entry.Move(CommandStatus.Queued, CommandStatus.Sent))
        {
            return false;
        }

        _chunk.Add(entry);
        return true;
    }

    private void SendChunk(SlaveSeat seat)
    {
        if (_chunk.Count == 0)
        {
            return;
        }

        TellData(seat);
        _body.Clear();
        _body.WriteVarUInt((ulong)_chunk.Count);
        var now = _clock.GetTimestamp();
        foreach (var entry in _chunk)
        {
            WriteCommand(entry);
            entry.Rank = seat.Rank;
            if (entry.SentAt == 0)
            {
                seat.QueueWaitTicks += now - entry.QueuedAt;
                _queueWaitTicks += now - entry.QueuedAt;
                _dispatched++;
            }

            if (!_traits.SharedMemory && TimeoutOf(entry) is { } timeout)
            {
                LookForOverdueAt(now + OverdueTicks(timeout));
            }

            entry.SentAt = now;
            seat.InFlight.AddLast(entry);
        }

        seat.LastActivity = now;
        seat.MarkBusy(now);
        Send(seat, MasterVerb.Commands, _body);
    }

    private void WriteCommand(CommandEntry entry)
    {
        entry.Attempts = entry.LostCount + 1;
        var timeout = TimeoutOf(entry);
        CommandHeader.Write(_body, new CommandHeader(entry.Id, entry.Attempts, entry.Run?.Number ?? 0, entry.Index, entry.Epoch.Version, timeout?.Ticks ?? 0, entry.Options?.Label, entry.RandomKey));
        _body.WriteVarUInt((ulong)(entry.Blocks?.Length ?? 0));
        _body.WriteVarUInt((ulong)entry.Snapshot!.Length);
        _body.WriteBytes(entry.Snapshot);
        if (entry.Blocks is not null)
        {
            _body.AppendBlocks(entry.Blocks);
        }
    }

    private TimeSpan? TimeoutOf(CommandEntry entry) => entry.Options?.Timeout ?? _options.Timeout;
}

/// <summary>How commands travel to one slave.</summary>
/// <param name="Size">Commands in one message.</param>
/// <param name="Limit">Commands that a slave may hold.</param>
internal readonly record struct ChunkTerms(int Size, int Limit);
