using System;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Output;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Running one command and encoding how it ended.</content>
internal sealed partial class SlaveLoop
{
    internal const int LargestBatch = 64 * 1024;

    private readonly WireWriter _results; // Ended commands that wait to be sent, without their count.
    private readonly WireWriter _value;   // Scratch: one value, so that one that cannot travel leaves no half behind.
    private int _resultCount;
    private long _firstResultAt;
    private long _now = Stopwatch.GetTimestamp();
    private ExecutionContext? _flow; // What start-ups set that flows with a thread, such as a culture; null before the first has run.

    /// <summary>Runs the next pending command. Called with the gate held, which is open while user code runs.</summary>
    private void RunNext()
    {
        if (_status is { } status && !status.TryBegin(_pending[0].Header.Id, _returns))
        {
            // This process did not answer for a while, and what waits here is others' by now.
            FlushResults();
            GiveBack(int.MaxValue);
            return;
        }

        var pending = _pending.RemoveFirst();
        var context = new SlaveContext(this, pending.Header, _now);
        SlaveCommand? command = null;
        Exception? error = null;
        object? value = CommandValue.None;
        try
        {
            command = Decode(pending);
        }
        catch (Exception decoding)
        {
            // Bytes that do not decode fail this command alone; the error goes home as any other.
            error = decoding;
        }

        Release(pending);
        var outside = EnterFlow();
        var output = _capture.Begin(_settings.MaxOutput);
        output.PendingHigh = _shipOutput;
        ShipLeftover(); // What came before the command goes home before what the command prints.
        context.Output = output;
        _running = context;
        if (InLineOutput is not null)
        {
            Interlocked.MemoryBarrier();
            HeedOutsideStop(context);
        }

        OpenGate();
        SlaveWatchdog.EnsureAwake();
        if (command is not null)
        {
            try
            {
                RunStartups();
                value = command.RunForValue(context);
            }
            catch (Exception thrown)
            {
                // The boundary between ranks: whatever a command throws travels home as a value.
                error = thrown;
            }
        }

        CloseGate();
        _running = null;
        output.End();
        _status?.Running(0);
        if (outside is not null)
        {
            ExecutionContext.Restore(outside);
        }

        _now = Stopwatch.GetTimestamp();
        AddResult(context, value, error);
        context.Dispose();
        if (_watchFault is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        if (_status is { IsWorn: true })
        {
            Retire();
            return;
        }

        if (_settings.Each || _pending.Count == 0 || _results.BlockCount > 0 || _results.Position > LargestBatch || ResultsAreDue)
        {
            FlushResults();
        }
    }

    private SlaveCommand Decode(in PendingCommand pending)
    {
        var message = pending.Held.Message;
        _commandReader.Reset(message.Buffer, pending.Offset, pending.Length, message.Blocks, pending.FirstBlock);
        return _serializer.Read(_commandReader) as SlaveCommand ?? throw new WireFormatException($"Rank {Rank} received something else than a command as command {pending.Header.Id}.");
    }

    private void RunStartups()
    {
        // One that fails is tried again before the next command: "once" means once well.
        while (_startupsDone < _startups.Length)
        {
            _startups[_startupsDone].Start(this);
            _startupsDone++;
            _flow = ExecutionContext.Capture();
        }
    }

    /// <summary>Every command sees what start-ups have set, for the capture undoes what the first of them left behind. Returns what is to be put back
    /// afterwards, because in line the thread is the master's; null for nothing.</summary>
    private ExecutionContext? EnterFlow()
    {
        if (_flow is null)
        {
            return null;
        }

        var outside = ExecutionContext.Capture();
        ExecutionContext.Restore(_flow);
        return outside;
    }

    private void AddResult(SlaveContext context, object? value, Exception? error)
    {
        if (_resultCount == 0)
        {
            _firstResultAt = _now;
        }

        var end = context.EndFor(error);
        if (context.Output is { Flooded: true })
        {
            end = AttemptEnd.Failed;
            error = new OutputLimitException(_settings.MaxOutput);
        }

        if (end == AttemptEnd.Done)
        {
            error = EncodeValues(context, value);
            end = error is null ? AttemptEnd.Done : AttemptEnd.Failed;
        }

        WriteEnd(context.Header, end, _now - context.StartedAt);
        WriteOutput(context.Output!);
        if (end == AttemptEnd.Done)
        {
            _results.WriteVarUInt((ulong)_value.BlockCount);
            _results.WriteVarUInt((ulong)_value.Position);
            _results.WriteBytes(_value.WrittenSpan);
            _results.AppendBlocks(_value.Blocks);
        }
        else
        {
            RemoteErrors.Write(_results, error);
        }

        _resultCount++;
    }

    /// <summary>Reports a command that never began.</summary>
    private void AddUnstarted(in CommandHeader header)
    {
        if (_resultCount == 0)
        {
            _firstResultAt = _now;
        }

        WriteEnd(header, AttemptEnd.Cancelled, 0);
        _results.WriteByte(0);
        RemoteErrors.Write(_results, null);
        _resultCount++;
    }

    private void WriteEnd(in CommandHeader header, AttemptEnd end, long ticks)
    {
        _results.WriteVarUInt((ulong)header.Id);
        _results.WriteVarUInt((ulong)header.Attempt);
        _results.WriteByte((byte)end);
        _results.WriteVarUInt((ulong)ticks);
    }

    /// <summary>Encodes result commands and value into the scratch writer; returns why they cannot travel.</summary>
    private Exception? EncodeValues(SlaveContext context, object? value)
    {
        _value.Clear();
        try
        {
            var results = context.Results;
            _value.WriteVarUInt((ulong)(results?.Count ?? 0));
            for (var i = 0; i < results?.Count; i++)
            {
                _serializer.Write(_value, results[i]);
            }

            var hasValue = value != CommandValue.None;
            _value.WriteBool(hasValue);
            if (hasValue)
            {
                _serializer.Write(_value, value);
            }

            return null;
        }
        catch (Exception cannotTravel)
        {
            // A type that may not travel, or a value that changes while it is encoded: either way this command's failure.
            return cannotTravel;
        }
    }

    /// <summary>What the command printed and was not shipped while it ran: byte 0 for nothing, else both streams.</summary>
    private void WriteOutput(ICommandOutput output)
    {
        var any = output.HasPending || output.Flooded;
        _results.WriteByte(any ? (byte)1 : (byte)0);
        if (any)
        {
            OutputWire.Write(_results, output);
        }
    }

    private bool ResultsAreDue => _now - _firstResultAt > _resultDelay;

    private void FlushResults()
    {
        if (_resultCount == 0)
        {
            return;
        }

        Begin(SlaveVerb.Results);
        _message.WriteVarUInt((ulong)_resultCount);
        _message.WriteBytes(_results.WrittenSpan);
        _message.AppendBlocks(_results.Blocks);
        Send(withOutput: true);
        _results.Clear();
        _resultCount = 0;
    }

    private void FlushAll()
    {
        FlushResults();
        ShipLeftover();
        ShipLog();
    }

    private void OpenGate() => Volatile.Write(ref _gate, 0);

    private void CloseGate()
    {
        if (Interlocked.CompareExchange(ref _gate, 1, 0) == 0)
        {
            return;
        }

        var spin = default(SpinWait);
        while (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            spin.SpinOnce(sleep1Threshold: 20);
        }
    }
}
