using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;
using Serilog;

namespace HpcRuntime.Processing;

/// <summary>The master's side: hands commands to slaves, takes what comes home, decides what becomes of each command. The mirror of <see cref="SlaveLoop"/>.
/// A function of its state, its communicator and its clock, driven by whoever holds the <see cref="Baton"/>; only <see cref="Post"/> may be called from any thread.</summary>
internal sealed partial class MasterLoop
{
    /// <summary>Arrivals handled before the loop returns to its driver.</summary>
    private const int ArrivalsPerStep = 256;

    private readonly Communicator _communicator;
    private readonly Fabric _fabric;
    private readonly FabricTraits _traits;
    private readonly ProcessorOptions _options;
    private readonly IWireSerializer _serializer;
    private readonly WireTypePolicy _policy;
    private readonly SentTypes _types;
    private readonly WireWriter _message;
    private readonly OutputDisplay _display;
    private readonly ILogger _log;
    private readonly ConcurrentQueue<Action<MasterLoop>> _inbox = new();
    private readonly SortedList<int, SlaveSeat> _seats = [];
    private readonly SeatCensus _census = new();
    private readonly OutputPieceHandler _takeOutput;
    private readonly byte[] _startups;
    private readonly WireBlock[] _startupBlocks;
    private readonly TimeProvider _clock;
    private readonly long _openedAt;
    private CommandEntry? _outputOf; // Whose output the handler above is taking; null for the slave's own.
    private SlaveSeat? _outputFrom;

    internal MasterLoop(Communicator communicator, Fabric fabric, ProcessorOptions options, IWireSerializer serializer, WireTypePolicy policy, SentTypes types, OutputDisplay display, TimeProvider clock)
    {
        // Durations that slaves measured, and those in options, are in the ticks of Stopwatch.
        ArgumentOutOfRangeException.ThrowIfNotEqual(clock.TimestampFrequency, Stopwatch.Frequency, nameof(clock));
        _clock = clock;
        _openedAt = clock.GetTimestamp();
        _communicator = communicator;
        _fabric = fabric;
        _traits = fabric.Traits;
        _options = options;
        _serializer = serializer;
        _policy = policy;
        _types = types;
        _message = new WireWriter(types);
        _body = new WireWriter(types);
        _display = display;
        _log = options.Logger;
        _takeOutput = TakeOutput;
        (_startups, _startupBlocks) = EncodeStartups();
    }

    /// <summary>Slaves that are up or coming up.</summary>
    internal int AliveSlaves { get; private set; }

    /// <summary>Slaves that take commands or are coming up, seats between two holders included. From any thread.</summary>
    internal int StayingSlaves
    {
        get
        {
            lock (_seats)
            {
                return _seats.Values.Count(seat => seat.Stays);
            }
        }
    }

    internal int LostSlaves { get; private set; }

    internal bool IsClosing { get; private set; }

    /// <summary>False once no seat is held and none will be again.</summary>
    private bool AnySlaveToCome => AliveSlaves > 0 || _seats.Count == 0 || _seats.Values.Any(seat => seat.WillReturn);

    /// <summary>True once no seat is held any more.</summary>
    internal bool AllLeft => AliveSlaves == 0;

    /// <summary>Told when something was posted. Set before the first post; called on any thread.</summary>
    internal Action? Posted { get; set; }

    /// <summary>Whether what was posted was not run yet. From any thread.</summary>
    internal bool AnyPosted => !_inbox.IsEmpty;

    /// <summary>Whether nothing is to be done and no answer is due: nobody need wait for arrivals. By the holder of the baton.</summary>
    internal bool IsQuiet
    {
        get
        {
            if (_queue.Count > 0 || _staticChunks.Count > 0 || AnyPosted || IsClosing || _traits.InLine || !_communicator.MayRest)
            {
                return false;
            }

            var seats = _seats.Values;
            for (var i = 0; i < seats.Count; i++)
            {
                if (!seats[i].IsQuiet)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Has <paramref name="action"/> run by the holder of the baton, soon. From any thread.</summary>
    internal void Post(Action<MasterLoop> action)
    {
        _inbox.Enqueue(action);
        _communicator.Wake();
        Posted?.Invoke();
    }

    /// <summary>One turn: what was posted, what can be handed out, then what arrives. Waits for at most <paramref name="timeout"/> for the first arrival.
    /// Slaves that run in line do so inside that wait: one arrival a turn, so that each is answered before the next command runs.</summary>
    /// <param name="timeout">As for <see cref="Communicator.Wait"/>.</param>
    /// <param name="waited">What the driver waits for: when it has ended, whatever else may be there is left to the next turn.</param>
    /// <returns>Whether something had arrived: there may be more.</returns>
    internal bool Step(TimeSpan timeout, WaitCompletion? waited = null)
    {
        RunInbox();
        var overdue = AnyOverdue;
        Dispatch();
        var arrival = _communicator.Wait(Patience(timeout));
        var any = arrival.Kind != ArrivalKind.Deadline;
        for (var handled = 0; arrival.Kind != ArrivalKind.Deadline && handled < ArrivalsPerStep; handled++)
        {
            Handle(arrival);
            if (waited is { HasEnded: true } && !overdue)
            {
                return true;
            }

            // In line a message may be a result, and looking further would run the next command before this one is answered.
            arrival = _traits.InLine && arrival.Kind != ArrivalKind.RankJoined ? new Arrival(ArrivalKind.Deadline) : _communicator.Wait(TimeSpan.Zero);
        }

        if (arrival.Kind != ArrivalKind.Deadline)
        {
            Handle(arrival);
        }
        else if (overdue)
        {
            EndOverdue(); // Nothing that had arrived by then says otherwise: it may be this process that stood still.
        }

        RunInbox();
        return any;
    }

    /// <summary>What was posted, without waiting for anything.</summary>
    internal void Turn() => RunInbox();

    /// <summary>Books a command that the calling thread ended itself. From any thread.</summary>
    internal void SettleElsewhere(CommandEntry entry)
    {
        Interlocked.Increment(ref entry.Status == Commands.CommandStatus.Cancelled ? ref _cancelledElsewhere : ref _failedElsewhere);
        Finish(entry);
        _communicator.Wake(); // Whoever drives may be waiting for this very command.
    }

    internal ProcessorStatistics Snapshot(long queued)
    {
        var slaves = new List<SlaveStatistics>();
        lock (_seats)
        {
            foreach (var seat in _seats.Values)
            {
                slaves.Add(seat.Snapshot());
            }
        }

        var wait = _dispatched == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)_queueWaitTicks / _dispatched / Stopwatch.Frequency);
        return new ProcessorStatistics(_clock.GetElapsedTime(_openedAt), queued, _done, _failed + Interlocked.Read(ref _failedElsewhere), _cancelled + Interlocked.Read(ref _cancelledElsewhere), _retried, LostSlaves, wait, slaves)
        {
            Running = slaves.Sum(slave => (long)slave.Running),
        };
    }

    /// <summary>Encodes the start-ups once: one that cannot travel is refused when the processor opens.</summary>
    private (byte[] Bytes, WireBlock[] Blocks) EncodeStartups()
    {
        _body.Clear();
        foreach (var startup in _options.Startups)
        {
            _serializer.Write(_body, startup);
        }

        return (_body.WrittenSpan.ToArray(), _body.Blocks.ToArray());
    }

    private void RunInbox()
    {
        while (_inbox.TryDequeue(out var action))
        {
            action(this);
        }
    }

    /// <summary>Sends the verb, the type definitions that the slave has not had, and the body.</summary>
    private void Send(SlaveSeat seat, MasterVerb verb, WireWriter body)
    {
        _message.Clear();
        _message.WriteByte((byte)verb);
        seat.TypesTold = _types.WriteDefinitionsSince(_message, seat.TypesTold);
        _message.WriteBytes(body.WrittenSpan);
        _message.AppendBlocks(body.Blocks);
        seat.Messages++;
        var before = seat.BytesSent;
        seat.BytesSent += _message.Position;
        foreach (var block in _message.Blocks)
        {
            seat.BytesSent += (long)block.ByteCount;
        }

        Telemetry.Sent(seat.BytesSent - before);

        _communicator.Send(seat.Rank, _message.WrittenSpan, _message.Blocks);
    }
}
