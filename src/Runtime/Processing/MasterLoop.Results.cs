using System;
using System.Collections.Generic;
using System.Diagnostics;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>What comes home.</content>
internal sealed partial class MasterLoop
{
    private void TakeResults(SlaveSeat seat, WireReader reader, Message message)
    {
        var count = (int)Math.Min(reader.ReadVarUInt(), int.MaxValue);
        var block = 0;
        CommandKind? kind = null;
        var ofKind = 0;
        var ticks = 0L;
        var observed = IsObserved;
        for (var i = 0; i < count; i++)
        {
            var id = (long)reader.ReadVarUInt();
            var attempt = (int)reader.ReadVarUInt();
            var end = (AttemptEnd)reader.ReadByte();
            var duration = (long)reader.ReadVarUInt();
            var entry = seat.TakeInFlight(id, attempt);
            if (entry is not null)
            {
                if (entry.Kind != kind)
                {
                    Observe(kind, ofKind, ticks);
                    (kind, ofKind, ticks) = (entry.Kind, 0, 0);
                }

                if (end == AttemptEnd.Done)
                {
                    ofKind++;
                    ticks += duration;
                }

                entry.DurationTicks = duration;
                seat.Commands++;
                seat.BusyTicks += duration;
                if (observed)
                {
                    _observed.Add((entry, attempt));
                }
            }

            TakeOutputOf(seat, entry, reader);
            block += TakeEnd(seat, entry, end, reader, message, block);
        }

        Observe(kind, ofKind, ticks);
        ObserveEnds(seat);
        seat.LastActivity = seat.ResultsAt = _clock.GetTimestamp();
        LookForOverdueAt(DueAt(seat, out _)); // Another command is the first now, which was not looked at while it was not.

        if (seat.InFlight.Count == 0)
        {
            seat.MarkIdle(seat.LastActivity);
            LeaveIfDone(seat);
        }
    }

    private static void Observe(CommandKind? kind, int count, long ticks)
    {
        if (count > 0)
        {
            kind!.Observe(count, (double)ticks / Stopwatch.Frequency);
        }
    }

    /// <summary>Reads how one attempt ended and ends its command; with no <paramref name="entry"/> (a stale attempt) it only reads. Returns the blocks it used.</summary>
    private int TakeEnd(SlaveSeat seat, CommandEntry? entry, AttemptEnd end, WireReader reader, Message message, int firstBlock)
    {
        if (end != AttemptEnd.Done)
        {
            var chain = RemoteErrors.Read(reader);
            if (entry is not null)
            {
                EndBadly(seat, entry, end, chain);
            }

            return 0;
        }

        var blocks = (int)reader.ReadVarUInt();
        var length = checked((int)reader.ReadVarUInt());
        var start = message.Offset + reader.Position;
        reader.Skip(length);
        if (entry is null || entry.HasEnded)
        {
            return blocks;
        }

        try
        {
            DecodeValues(seat.ValueReader!, entry, message, start, length, firstBlock);
            CheckLentArrays(entry);
        }
        catch (WireFormatException lost) when (lost.SenderIsLost)
        {
            (entry.Results, entry.Value) = (null, null); // A part of them may be here.
            ChargeLoss(entry, seat, new RankLoss(lost.Message));
            return blocks;
        }
        catch (Exception failed) when (failed is WireFormatException or LentArrayChangedException)
        {
            End(entry, CommandStatus.Sent, CommandStatus.Failed, SlaveError(seat, entry, [new RemoteError(failed.GetType().FullName!, failed.Message, string.Empty)]));
            return blocks;
        }

        if (entry.Value is IFailedValue failure)
        {
            entry.Value = null;
            End(entry, CommandStatus.Sent, CommandStatus.Failed, failure.ToException(entry));
        }
        else
        {
            End(entry, CommandStatus.Sent, CommandStatus.Done, null);
        }

        return blocks;
    }

    private void DecodeValues(WireReader reader, CommandEntry entry, Message message, int start, int length, int firstBlock)
    {
        reader.Reset(message.Buffer, start, length, message.Blocks, firstBlock);
        var results = (int)Math.Min(reader.ReadVarUInt(), int.MaxValue);
        for (var i = 0; i < results; i++)
        {
            var result = _serializer.Read(reader) as ResultCommand ?? throw new WireFormatException($"command {entry.Id} returned something else than a result command");
            (entry.Results ??= []).Add(result);
        }

        if (reader.ReadBool())
        {
            entry.Value = _serializer.Read(reader);
        }
    }

    private void EndBadly(SlaveSeat seat, CommandEntry entry, AttemptEnd end, List<RemoteError> chain)
    {
        switch (end)
        {
            case AttemptEnd.Failed:
                End(entry, CommandStatus.Sent, CommandStatus.Failed, SlaveError(seat, entry, chain));
                break;
            case AttemptEnd.TimedOut:
                EndTimedOut(entry, chain.Count == 0 ? "it returned after it was asked to stop." : $"asked to stop, it threw {chain[0].Type}: {chain[0].Message}");
                break;
            default:
                var why = entry.Run is { Stopping: true } ? "the run ended after a failure" : "asked to";
                End(entry, CommandStatus.Sent, CommandStatus.Cancelled, new CommandCancelledException(entry, why));
                break;
        }
    }

    private void EndTimedOut(CommandEntry entry, string detail)
    {
        var timeout = entry.Options?.Timeout ?? _options.Timeout ?? TimeSpan.Zero;
        End(entry, CommandStatus.Sent, CommandStatus.TimedOut, new CommandTimeoutException(entry, timeout, detail, LastOutputOf(entry)));
    }

    private static SlaveCommandException SlaveError(SlaveSeat seat, CommandEntry entry, List<RemoteError> chain)
    {
        if (chain.Count == 0)
        {
            chain.Add(new RemoteError("unknown", "the slave did not say why", string.Empty));
        }

        return new SlaveCommandException(entry, seat.Name, seat.Host, seat.ProcessId, chain, entry.Output.ErrorTail());
    }

    private void TakeLiveOutput(SlaveSeat seat, WireReader reader)
    {
        var id = (long)reader.ReadVarUInt();
        var attempt = (int)reader.ReadVarUInt();
        var entry = id == 0 ? null : seat.Find(id);
        if (id != 0 && (entry is null || entry.Attempts != attempt))
        {
            entry = null; // A command given up meanwhile: what it still prints is shown as the slave's.
        }

        ReadOutput(seat, entry, reader);
    }

    private void TakeOutputOf(SlaveSeat seat, CommandEntry? entry, WireReader reader)
    {
        if (reader.ReadBool())
        {
            ReadOutput(seat, entry, reader);
        }

        if (entry?.Stored is not null)
        {
            _display.EndOf(entry);
        }
    }

    private void ReadOutput(SlaveSeat seat, CommandEntry? entry, WireReader reader)
    {
        _outputOf = entry;
        _outputFrom = seat;
        var cut = OutputWire.Read(reader, _takeOutput);
        if (cut && entry is not null)
        {
            (entry.Stored ??= new StoredOutput()).WasCut = true;
        }
    }

    /// <summary>Takes the output of a slave that runs in line, on whichever of its threads prints: the thread that drives is inside that slave.</summary>
    internal void TakeInLineOutput(int rank, long id, ICommandOutput output)
    {
        if (!_seats.TryGetValue(rank, out var seat))
        {
            return;
        }

        _outputOf = id == 0 ? null : seat.Find(id);
        _outputFrom = seat;
        OutputWire.Drain(output, _takeOutput);
    }

    private void TakeOutput(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (_outputOf is { } entry)
        {
            (entry.Stored ??= new StoredOutput()).Append(stream, bytes);
        }

        _display.Show(_outputFrom!.Rank, _outputOf, stream, bytes);
    }
}
