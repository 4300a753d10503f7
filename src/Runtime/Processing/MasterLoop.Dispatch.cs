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

    internal int Waiting => _queue.Count;

    /// <summary>Commands that can be used up before slaves must wait for more: how far ahead a lazy input is read.</summary>
    internal int LowWater => Math.Max(64, Math.Min(AliveSlaves * 4 * ChunkPolicy.LargestChunk, 64 * 1024));

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

    /// <summary>Gives work to every slave that has room: first to the idle ones, then to all.</summary>
    private void Dispatch()
    {
        if (_queue.Count == 0 && _staticChunks.Count == 0)
        {
            RecallForIdle();
            return;
        }

        var seats = _seats.Values;
        for (var pass = 0; pass < 2; pass++)
        {
            for (var i = 0; i < seats.Count; i++)
            {
                var seat = seats[(i + _turn) % seats.Count];
                if (pass == 1 || seat.InFlight.Count == 0)
                {
                    Refill(seat);
                }
            }
        }

        _turn = (_turn + 1) % Math.Max(1, seats.Count);
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
            var size = _traits.InLine ? 1 : ChunkPolicy.ChunkSize(_options.Chunking, head.Kind, _queue.Count, AliveSlaves);
            var room = (_traits.InLine ? 1 : ChunkPolicy.InFlightLimit(_options.Chunking, head.Kind, size)) - seat.InFlight.Count;

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

            entry.SentAt = now;
            seat.InFlight.AddLast(entry);
        }

        seat.LastActivity = now;
        seat.MarkBusy();
        Send(seat, MasterVerb.Commands, _body);
    }

    private void WriteCommand(CommandEntry entry)
    {
        entry.Attempts = entry.LostCount + 1;
        var timeout = entry.Options?.Timeout ?? _options.Timeout;
        CommandHeader.Write(_body, new CommandHeader(entry.Id, entry.Attempts, entry.Run?.Number ?? 0, entry.Index, entry.Epoch.Version, timeout?.Ticks ?? 0, entry.Options?.Label, entry.RandomKey));
        _body.WriteVarUInt((ulong)(entry.Blocks?.Length ?? 0));
        _body.WriteVarUInt((ulong)entry.Snapshot!.Length);
        _body.WriteBytes(entry.Snapshot);
        if (entry.Blocks is not null)
        {
            _body.AppendBlocks(entry.Blocks);
        }
    }
}
