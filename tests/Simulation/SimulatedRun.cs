using System;
using System.Collections;
using System.Collections.Generic;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Simulation;

/// <summary>One run of the real <see cref="MasterLoop"/> on simulated slaves. Goes through the steps of <see cref="Processor"/>'s RunQueue: reads its input as it is needed,
/// snapshots each command, drives, hands each value to a memo; all on one thread and in virtual time.</summary>
internal sealed class SimulatedRun : IDisposable
{
    private const int Mouthful = 512; // As Processor reads a lazy input.

    private readonly FabricModel _model;
    private readonly Workload _workload;
    private readonly VirtualClock _clock = new();
    private readonly SimulatedWorld _world;
    private readonly SimulatedCommunicator _communicator;
    private readonly MasterLoop _loop;
    private readonly SentTypes _types = new();
    private readonly WireWriter _snapshots;
    private readonly CommandKind _kind = new(nameof(SimulatedCommand));
    private readonly DataEpoch _epoch = new(0);
    private readonly QueueRun _run = new(1);
    private readonly BitArray _appliedAt;
    private readonly Action<long, long> _apply;
    private long _queued;
    private long _applied;

    private SimulatedRun(FabricModel model, Workload workload, MasterCharge charge)
    {
        _model = model;
        _workload = workload;
        _world = new SimulatedWorld(model, workload, _clock);
        _communicator = new SimulatedCommunicator(_world, _clock, charge, model);
        _snapshots = new WireWriter(_types) { SnapshotArrays = true };
        _apply = Apply;
        _appliedAt = new BitArray(checked((int)workload.Commands));
        var options = new ProcessorOptions { Chunking = workload.Chunking, ShowOutput = false, Seed = workload.Seed };
        _loop = new MasterLoop(_communicator, new SimulatedFabric(_world, _clock, model), options, WireSerializer.Default, WireTypePolicy.ForApplication(), _types, new OutputDisplay(null), _clock);
    }

    public void Dispose() => _communicator.Dispose();

    /// <summary>Runs the workload to its end.</summary>
    internal static SimulationResult Of(FabricModel model, Workload workload, MasterCharge charge)
    {
        using var run = new SimulatedRun(model, workload, charge);
        return run.Measure();
    }

    private SimulationResult Measure()
    {
        while (_world.Welcomed < _model.Slaves)
        {
            _loop.Step(TimeSpan.FromSeconds(1));
        }

        _communicator.Pause();
        var start = _clock.Now;
        var (cpu, transport) = (_communicator.ChargedTicks, _communicator.TransportTicks);
        var (messagesOut, messagesHome, bytes) = (_world.MessagesOut, _world.MessagesHome, _world.Bytes);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        if (_model.Losses > 0)
        {
            _world.ScheduleLosses(VirtualClock.Ticks(_workload.Commands * _workload.Duration / _model.Slaves));
        }

        Drive();
        _communicator.Pause();
        var work = 0L;
        for (var place = 0L; place < _workload.Commands; place++)
        {
            work += _workload.TicksOf(place);
        }

        return new SimulationResult
        {
            Model = _model,
            Workload = _workload,
            Makespan = VirtualClock.Seconds(_clock.Now - start),
            Work = VirtualClock.Seconds(work),
            MasterCpu = VirtualClock.Seconds(_communicator.ChargedTicks - cpu),
            TransportCpu = VirtualClock.Seconds(_communicator.TransportTicks - transport),
            Applied = _applied,
            MessagesOut = _world.MessagesOut - messagesOut,
            MessagesHome = _world.MessagesHome - messagesHome,
            Bytes = _world.Bytes - bytes,
            LostSlaves = _world.Lost,
            Begun = _world.BegunCount,
            Allocated = GC.GetAllocatedBytesForCurrentThread() - allocated,
        };
    }

    private void Drive()
    {
        var incoming = new List<CommandEntry>();
        var ready = new ArrayDeque<CommandEntry>(64);
        while (true)
        {
            var most = _workload.QueueFirst ? int.MaxValue : _loop.Waiting < _loop.LowWater ? Mouthful : 0;
            for (var i = 0; i < most && _queued < _workload.Commands; i++)
            {
                incoming.Add(MakeEntry(_queued++));
            }

            var exhausted = _queued == _workload.Commands;
            _loop.MoreToCome = !exhausted;
            var hungry = !exhausted && _loop.Waiting + incoming.Count < _loop.LowWater;
            if (Turn(incoming, ready, hungry) && exhausted)
            {
                return;
            }

            while (ready.Count > 0)
            {
                var entry = ready.RemoveFirst();
                var (memo, value) = (entry.Memo, entry.Value);
                entry.DropMemo();
                memo!.AcceptValue(null!, value);
            }
        }
    }

    private bool Turn(List<CommandEntry> incoming, ArrayDeque<CommandEntry> ready, bool hungry)
    {
        _loop.Turn();
        foreach (var entry in incoming)
        {
            entry.Run = _run;
            entry.Index = _run.NextIndex++;
            _run.Begin();
            _loop.Enqueue(entry);
        }

        incoming.Clear();
        while (!_run.HasNews)
        {
            _loop.Step(hungry ? TimeSpan.Zero : System.Threading.Timeout.InfiniteTimeSpan);
            if (hungry)
            {
                break;
            }
        }

        return _run.TakeReady(ready);
    }

    private CommandEntry MakeEntry(long place)
    {
        _snapshots.Clear();
        WireSerializer.Default.Write(_snapshots, new SimulatedCommand(place));
        var entry = new CommandEntry(place + 1, _kind, _snapshots.WrittenSpan.ToArray(), null, new PlaceMemo<long>(_apply, place), null, _epoch, _clock.GetTimestamp());
        _epoch.Enter();
        return entry;
    }

    private void Apply(long place, long value)
    {
        if (value != place || _appliedAt[(int)place])
        {
            throw new InvalidOperationException($"The result of command {place} is {(value == place ? "applied twice" : $"{value}")}.");
        }

        _appliedAt[(int)place] = true;
        _applied++;
    }
}
