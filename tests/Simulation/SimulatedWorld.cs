using System;
using System.Collections.Generic;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.Simulation;

/// <summary>The slaves, the links and the events between them. Moves on only while the master waits.</summary>
internal sealed class SimulatedWorld
{
    private readonly FabricModel _model;
    private readonly VirtualClock _clock;
    private readonly EventQueue _events = new();
    private readonly SlaveScratch _scratch = new();
    private readonly SimulatedSlave?[] _slaves;
    private readonly int[] _incarnations;
    private readonly Link _out;
    private readonly Link _home;
    private readonly Queue<Arrival> _arrived = new();
    private readonly Stack<SimulatedMessage> _pool = new();

    internal SimulatedWorld(FabricModel model, Workload workload, VirtualClock clock)
    {
        _model = model;
        _clock = clock;
        Workload = workload;
        SlaveCostTicks = VirtualClock.Ticks(model.SlaveCost);
        WatchTicks = VirtualClock.Ticks(model.WatchInterval);
        ResultDelayTicks = VirtualClock.Ticks(ChunkPolicy.ResultSeconds(model.Slaves));
        _slaves = new SimulatedSlave?[model.Slaves + 1];
        _incarnations = new int[model.Slaves + 1];
        _out = new Link(model, new RandomStream(workload.Seed, 2, 0));
        _home = new Link(model, new RandomStream(workload.Seed, 2, 1));
        for (var rank = 1; rank <= model.Slaves; rank++)
        {
            ScheduleJoin(rank, clock.Now);
        }
    }

    internal Workload Workload { get; }

    internal long SlaveCostTicks { get; }

    /// <summary>How long results wait for each other: as real slaves have it.</summary>
    internal long ResultDelayTicks { get; }

    internal long WatchTicks { get; }

    internal int Size => _model.Slaves + 1;

    /// <summary>Slaves that were welcomed, successors included.</summary>
    internal int Welcomed { get; private set; }

    internal int Lost { get; private set; }

    /// <summary>Commands begun, repeated attempts included.</summary>
    internal long BegunCount { get; private set; }

    internal long MessagesOut => _out.Messages;

    internal long MessagesHome => _home.Messages;

    internal long Bytes => _out.Bytes + _home.Bytes;

    internal void CountWelcome() => Welcomed++;

    internal void CountBegun() => BegunCount++;

    internal void Schedule(long time, EventKind kind, SimulatedSlave slave) => _events.Add(time, new SimulationEvent(kind, slave.Rank, slave.Incarnation));

    /// <summary>Has <see cref="FabricModel.Losses"/> slaves die at random moments of the next <paramref name="span"/> ticks.</summary>
    internal void ScheduleLosses(long span)
    {
        var random = new RandomStream(Workload.Seed, 3, 0);
        for (var i = 0; i < _model.Losses; i++)
        {
            _events.Add(_clock.Now + (long)(random.NextDouble() * span), new SimulationEvent(EventKind.Dies, 1 + random.Next(_model.Slaves), 0));
        }
    }

    internal void SendToSlave(int rank, ReadOnlySpan<byte> head) =>
        _events.Add(_out.ArrivalOf(rank, head.Length, _clock.Now), new SimulationEvent(EventKind.AtSlave, rank, _incarnations[rank], SimulatedMessage.Copy(_pool, head, 0)));

    internal void SendHome(SimulatedSlave slave, ReadOnlySpan<byte> head, int results, long now) =>
        _events.Add(_home.ArrivalOf(slave.Rank, head.Length, now), new SimulationEvent(EventKind.AtMaster, slave.Rank, slave.Incarnation, SimulatedMessage.Copy(_pool, head, results)));

    /// <summary>A successor takes the seat later.</summary>
    internal void ScheduleJoin(int rank, long time) => _events.Add(time, new SimulationEvent(EventKind.Joins, rank, 0));

    /// <summary>The next arrival at the master, at <paramref name="until"/> at the latest; the clock is then at its time.</summary>
    internal Arrival Next(long until)
    {
        while (true)
        {
            if (_arrived.TryDequeue(out var arrival))
            {
                return arrival;
            }

            var next = _events.NextAt;
            if (next == long.MaxValue && until == long.MaxValue)
            {
                throw new InvalidOperationException("The master waits for ever and nothing will ever arrive.");
            }

            if (next > Math.Max(until, _clock.Now))
            {
                _clock.AdvanceTo(until);
                return new Arrival(ArrivalKind.Deadline);
            }

            _clock.AdvanceTo(next);
            Happen(_events.Take(out var time), time);
        }
    }

    private void Happen(in SimulationEvent what, long time)
    {
        var slave = _slaves[what.Rank];
        var isHere = slave is not null && slave.Incarnation == what.Incarnation;
        switch (what.Kind)
        {
            case EventKind.AtMaster:
                _arrived.Enqueue(new Arrival(ArrivalKind.Message, what.Rank, what.Incarnation, what.Message));
                break;
            case EventKind.AtSlave:
                if (isHere)
                {
                    slave!.Take(what.Message!, time);
                }

                what.Message!.Dispose();
                break;
            case EventKind.CommandEnds when isHere:
                slave!.EndCommand(time);
                break;
            case EventKind.LooksAfter when isHere:
                slave!.LookAfter(time);
                break;
            case EventKind.Joins:
                Join(what.Rank, time);
                break;
            case EventKind.Dies:
                Die(what.Rank, time);
                break;
            case EventKind.LossSeen:
                _arrived.Enqueue(new Arrival(ArrivalKind.RankLost, what.Rank, what.Incarnation, null, new RankLoss("was lost in the simulation")));
                break;
            default:
                break; // Of a slave that is gone.
        }
    }

    /// <summary>The slave at <paramref name="rank"/> dies, or where there is none the next behind it.</summary>
    private void Die(int rank, long time)
    {
        for (var tries = 0; tries < _model.Slaves; tries++, rank = (rank % _model.Slaves) + 1)
        {
            if (_slaves[rank] is { } slave)
            {
                _slaves[rank] = null;
                Lost++;
                _events.Add(time + VirtualClock.Ticks(_model.LossDelay), new SimulationEvent(EventKind.LossSeen, rank, slave.Incarnation));
                return;
            }
        }
    }

    private void Join(int rank, long time)
    {
        var slave = _slaves[rank] = new SimulatedSlave(this, _scratch, rank, ++_incarnations[rank]);
        _arrived.Enqueue(new Arrival(ArrivalKind.RankJoined, rank, slave.Incarnation));
        slave.Greet(time);
    }
}
