using System;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Simulation;

/// <summary>A slave of the simulation: reads what the real master sends, lets virtual time pass for each command, and answers in the real form at the moments at which a
/// <see cref="SlaveLoop"/> would. Its value of a command is the command's place.</summary>
internal sealed class SimulatedSlave
{
    private readonly SimulatedWorld _world;
    private readonly SlaveScratch _scratch;
    private readonly ReceivedTypes _masterTypes;
    private readonly WireReader _reader;
    private readonly ArrayDeque<(long Id, int Attempt, long Place)> _pending = new(4);
    private readonly WireWriter _results;
    private int _resultCount;
    private long _firstResultAt;
    private bool _running;
    private long _startedAt;
    private long _runningTicks;
    private bool _each;
    private bool _hasLeft;
    private int _recallsWaiting;
    private int _recallMost;

    internal SimulatedSlave(SimulatedWorld world, SlaveScratch scratch, int rank, int incarnation)
    {
        _world = world;
        _scratch = scratch;
        Rank = rank;
        Incarnation = incarnation;
        _masterTypes = new ReceivedTypes(scratch.Policy, "the master");
        _reader = new WireReader(_masterTypes);
        _results = new WireWriter(scratch.Types);
    }

    internal int Rank { get; }

    internal int Incarnation { get; }

    internal bool IsWelcome { get; private set; }

    internal void Greet(long now)
    {
        var message = _scratch.Begin(SlaveVerb.Hello);
        LibraryBuild.Here.Write(message);
        message.WriteString($"slave {Rank}");
        message.WriteString("simulated");
        message.WriteVarUInt((ulong)Rank);
        Send(message, now);
    }

    internal void Take(SimulatedMessage message, long now)
    {
        _reader.Reset(message.Buffer, message.Offset, message.Length, message.Blocks);
        var verb = (MasterVerb)_reader.ReadByte();
        _masterTypes.ReadDefinitions(_reader);
        switch (verb)
        {
            case MasterVerb.Welcome:
                _each = SlaveSettings.Read(_reader, _scratch.Policy).Each;
                IsWelcome = true;
                _world.CountWelcome();
                break;
            case MasterVerb.Commands:
                TakeCommands();
                RunNext(now);
                break;
            case MasterVerb.Recall:
                TakeRecall((int)_reader.ReadVarUInt(), now);
                break;
            case MasterVerb.Cancel:
            case MasterVerb.Data:
                break;
            case MasterVerb.Exit:
                _hasLeft = true;
                Send(_scratch.Begin(SlaveVerb.Goodbye), now);
                break;
            default:
                throw new NotSupportedException($"A simulated slave does not know what {verb} means.");
        }
    }

    /// <summary>The command that ran has ended: its result joins the others or goes home with them, and the next begins.</summary>
    internal void EndCommand(long now)
    {
        var (id, attempt, place) = _pending.RemoveFirst();
        _running = false;
        AddResult(id, attempt, place, now);
        if (_each || _pending.Count == 0 || _results.Position > SlaveLoop.LargestBatch || now - _firstResultAt > _world.ResultDelayTicks)
        {
            Flush(now);
        }

        if (_recallsWaiting > 0)
        {
            LookAfter(now); // What waits beside a short command is read between it and the next.
        }

        RunNext(now);
    }

    /// <summary>What the watchdog does beside a command that has run for long enough, and what happens between two commands.</summary>
    internal void LookAfter(long now)
    {
        if (_running && now < _startedAt + _world.WatchTicks)
        {
            return;
        }

        if (!_running || now - _firstResultAt > _world.ResultDelayTicks)
        {
            Flush(now);
        }

        for (; _recallsWaiting > 0; _recallsWaiting--)
        {
            GiveBack(_recallMost, now);
        }
    }

    private void TakeCommands()
    {
        for (var left = _reader.ReadVarUInt(); left > 0; left--)
        {
            var header = CommandHeader.Read(_reader);
            _reader.ReadVarUInt();
            _reader.Skip((int)_reader.ReadVarUInt());
            _pending.AddLast((header.Id, header.Attempt, header.Index));
        }
    }

    private void RunNext(long now)
    {
        if (_running || _hasLeft)
        {
            return;
        }

        if (_pending.Count == 0)
        {
            Flush(now);
            return;
        }

        _running = true;
        _startedAt = now;
        if (_resultCount > 0)
        {
            _world.Schedule(Math.Max(now + _world.WatchTicks, _firstResultAt + _world.ResultDelayTicks + 1), EventKind.LooksAfter, this);
        }

        _runningTicks = _world.Workload.TicksOf(_pending[0].Place);
        _world.CountBegun();
        _world.Schedule(now + _world.SlaveCostTicks + _runningTicks, EventKind.CommandEnds, this);
    }

    private void AddResult(long id, int attempt, long place, long now)
    {
        if (_resultCount++ == 0)
        {
            _firstResultAt = now;
        }

        _results.WriteVarUInt((ulong)id);
        _results.WriteVarUInt((ulong)attempt);
        _results.WriteByte((byte)AttemptEnd.Done);
        _results.WriteVarUInt((ulong)_runningTicks);
        _results.WriteBool(false);
        var value = _scratch.Value;
        value.Clear();
        value.WriteVarUInt(0);
        value.WriteBool(true);
        WireSerializer.Default.Write(value, place);
        _results.WriteVarUInt(0);
        _results.WriteVarUInt((ulong)value.Position);
        _results.WriteBytes(value.WrittenSpan);
    }

    private void Flush(long now)
    {
        if (_resultCount == 0)
        {
            return;
        }

        var message = _scratch.Begin(SlaveVerb.Results);
        message.WriteVarUInt((ulong)_resultCount);
        message.WriteBytes(_results.WrittenSpan);
        _results.Clear();
        Send(message, now, _resultCount);
        _resultCount = 0;
    }

    /// <summary>Between commands a slave answers at once; beside one that runs, its watchdog does, a moment later.</summary>
    private void TakeRecall(int most, long now)
    {
        _recallMost = most;
        _recallsWaiting++;
        if (!_running)
        {
            LookAfter(now);
        }
        else
        {
            _world.Schedule(Math.Max(now, _startedAt) + _world.WatchTicks, EventKind.LooksAfter, this);
        }
    }

    private void GiveBack(int most, long now)
    {
        var count = Math.Min(most, _pending.Count - (_running ? 1 : 0));
        var message = _scratch.Begin(SlaveVerb.Returned);
        message.WriteBool(true);
        message.WriteVarUInt((ulong)count);
        for (var i = 0; i < count; i++)
        {
            message.WriteVarUInt((ulong)_pending.RemoveLast().Id);
        }

        Send(message, now);
    }

    private void Send(WireWriter message, long now, int results = 0) => _world.SendHome(this, message.WrittenSpan, results, now);
}
