using System;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>What arrives from the master.</content>
internal sealed partial class SlaveLoop
{
    private void Drain()
    {
        while (true)
        {
            var arrival = _communicator.Wait(TimeSpan.Zero);
            if (arrival.Kind == ArrivalKind.Deadline)
            {
                return;
            }

            Handle(arrival);
            if (_exit)
            {
                return;
            }
        }
    }

    private void Handle(in Arrival arrival)
    {
        if (arrival.Kind == ArrivalKind.RankLost && arrival.Rank == 0)
        {
            _exit = true;
            DropPending(_ => true, report: false);
            StopRunning(StopReason.Cancelled); // Where the slave outlives its master, what it runs is nobody's any more.
        }

        if (arrival.Message is not { } message)
        {
            return;
        }

        _reader.Reset(message.Buffer, message.Offset, message.Length, message.Blocks);
        var verb = (MasterVerb)_reader.ReadByte();
        _masterTypes.ReadDefinitions(_reader);
        if (verb == MasterVerb.Commands)
        {
            TakeCommands(message);
            return;
        }

        using (message)
        {
            switch (verb)
            {
                case MasterVerb.Welcome:
                    TakeWelcome();
                    break;
                case MasterVerb.Cancel:
                    TakeCancel();
                    break;
                case MasterVerb.Recall:
                    var most = (int)_reader.ReadVarUInt();
                    _returns += most == int.MaxValue ? 1 : 0;
                    GiveBack(most, asked: true);
                    break;
                case MasterVerb.Data:
                    TakeData();
                    break;
                case MasterVerb.Word:
                    TakeWord(message);
                    break;
                case MasterVerb.Exit:
                    _exit = true;
                    DropPending(_ => true, report: false);
                    StopRunning(StopReason.Cancelled);
                    break;
                default:
                    throw new WireFormatException($"Rank {Rank} received a message of unknown kind {(int)verb} from the master.");
            }
        }
    }

    private void TakeWelcome()
    {
        _settings = SlaveSettings.Read(_reader, _policy);
        _resultDelay = (long)(ChunkPolicy.ResultSeconds(_settings.Size - 1) * Stopwatch.Frequency);
        _log.MinimumLevel = _settings.LogLevel;
        _startups = new ISlaveStartup[_reader.ReadVarUInt()];
        for (var i = 0; i < _startups.Length; i++)
        {
            _startups[i] = (ISlaveStartup)_serializer.Read(_reader)!;
        }
    }

    private void TakeCommands(Message message)
    {
        var count = (int)_reader.ReadVarUInt();
        var held = _spare ?? new HeldMessage();
        _spare = null;
        held.Hold(message, count);
        var block = 0;
        for (var i = 0; i < count; i++)
        {
            var header = CommandHeader.Read(_reader);
            var blocks = (int)_reader.ReadVarUInt();
            var length = (int)_reader.ReadVarUInt();
            _pending.AddLast(new PendingCommand(header, held, message.Offset + _reader.Position, length, block));
            _reader.Skip(length);
            block += blocks;
        }

        if (_worn)
        {
            GiveBack(int.MaxValue); // Sent before the master heard of it.
        }
    }

    /// <summary>The command needs its message no more.</summary>
    private void Release(in PendingCommand pending)
    {
        if (pending.Held.Release())
        {
            _spare = pending.Held;
        }
    }

    private void TakeCancel()
    {
        var scope = (CancelScope)_reader.ReadByte();
        var number = (long)_reader.ReadVarUInt();
        var reason = (StopReason)_reader.ReadByte();
        DropPending(p => Concerns(scope, number, p.Header), report: true);
        if (_running is { } running && Concerns(scope, number, running.Header))
        {
            StopRunning(reason);
        }
    }

    /// <summary>Drops commands that have not begun and, unless the master is past caring, reports each as cancelled.</summary>
    private void DropPending(Predicate<PendingCommand> which, bool report)
    {
        for (var left = _pending.Count; left > 0; left--)
        {
            var next = _pending.RemoveFirst();
            if (!which(next))
            {
                _pending.AddLast(next);
                continue;
            }

            Release(next);
            if (report)
            {
                AddUnstarted(next.Header);
            }
        }

        if (report)
        {
            FlushResults();
        }
    }

    /// <summary>Runs no further command: the seat gets another holder once the master has answered.</summary>
    private void Retire()
    {
        _worn = true;
        FlushResults();
        Begin(SlaveVerb.Worn); // First, so that nothing of what is given back is sent here again.
        Send();
        GiveBack(int.MaxValue);
    }

    private void GiveBack(int most, bool asked = false)
    {
        var count = Math.Min(most, _pending.Count);
        Begin(SlaveVerb.Returned);
        _message.WriteBool(asked);
        _message.WriteVarUInt((ulong)count);
        for (var i = 0; i < count; i++)
        {
            var given = _pending.RemoveLast();
            _message.WriteVarUInt((ulong)given.Header.Id);
            Release(given);
        }

        Send();
    }

    /// <summary>Asks the running command to stop, or the next if that is the one meant, from a thread that does not drive this slave; for slaves that run in line.</summary>
    internal void StopFromOutside(CancelScope scope, long number, StopReason reason)
    {
        _outsideStop = new OutsideStop(scope, number, reason);
        Interlocked.MemoryBarrier(); // Either this sees the command that runs, or the command that is about to sees the stop.
        HeedOutsideStop(Volatile.Read(ref _running));
    }

    private void HeedOutsideStop(SlaveContext? running)
    {
        if (_outsideStop is { } stop && running is not null && Concerns(stop.Scope, stop.Number, running.Header))
        {
            running.Stop(stop.Reason, GraceEnd());
        }
    }

    /// <summary>Large values that are replaced are collected before the new one is read, which takes their place: the collector, which has seen them live long,
    /// would let a slave grow by several of them, and so every slave of the host.</summary>
    private void TakeData()
    {
        var header = DataHeader.Read(_reader);
        _forgotten += _data.Forget(header);
        if (OwnsProcess && _forgotten >= Math.Max(CollectedAt, GC.GetTotalMemory(forceFullCollection: false) / 4))
        {
            _forgotten = 0;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
        }

        _data.Take(header, _reader, _serializer);
    }

    private long GraceEnd() => Stopwatch.GetTimestamp() + (long)(_settings.Grace.TotalSeconds * Stopwatch.Frequency);

    private static bool Concerns(CancelScope scope, long number, in CommandHeader header) => scope switch
    {
        CancelScope.Command => header.Id == number,
        CancelScope.Run => header.Run == number,
        _ => number == 0 || header.Id <= number, // All there were when it was said.
    };

    private void StopRunning(StopReason reason)
    {
        if (_running is { } running)
        {
            running.Stop(reason, GraceEnd());
        }
    }
}
