using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.Tests.Processing;

/// <summary>A master's loop on a scripted communicator and a fabric that only takes notes: no thread, no clock but the loop's own, every message bytes.</summary>
internal sealed class MasterRig
{
    private readonly List<ScriptedSlave> _slaves = [];
    private readonly SentTypes _types = new();
    private readonly CommandKind _kind = new(nameof(EchoCommand));
    private long _lastId;
    private long _dataVersion;
    private DataEpoch _epoch = new(0);

    internal MasterRig(ProcessorOptions? options = null, bool replaces = false, TimeProvider? clock = null)
    {
        var fabric = new NotingFabric(new FabricTraits(int.MaxValue, ReplacesSlaves: replaces, Resizable: true), Ended);
        Loop = new MasterLoop(Communicator, fabric, options ?? new ProcessorOptions { Chunking = Chunking.Each }, WireSerializer.Default, WireTypePolicy.ForApplication(), _types, new OutputDisplay(null), clock ?? TimeProvider.System);
    }

    internal ScriptedCommunicator Communicator { get; } = new(0, 9);

    internal MasterLoop Loop { get; }

    internal QueueRun Run { get; } = new(1);

    /// <summary>Seats that the fabric was asked to end, such as "2 replaced".</summary>
    internal List<string> Ended { get; } = [];

    /// <summary>A slave that has joined, said hello and been welcomed.</summary>
    internal ScriptedSlave Slave(int rank, int incarnation = 1, LibraryBuild? build = null)
    {
        var slave = new ScriptedSlave(Communicator, rank, incarnation);
        _slaves.RemoveAll(other => other.Rank == rank);
        _slaves.Add(slave);
        slave.Join();
        slave.SayHello(build);
        Step();
        return slave;
    }

    /// <summary>Queues a command in <see cref="Run"/>; it is handed out in the next step.</summary>
    internal CommandEntry Queue(int value = 0, CommandOptions? options = null, int pinned = 0)
    {
        var entry = Make(value, options);
        if (pinned > 0)
        {
            entry.PinnedRank = pinned;
        }

        Loop.Enqueue(entry);
        return entry;
    }

    /// <summary>A command of <see cref="Run"/> that is not queued.</summary>
    internal CommandEntry Make(int value = 0, CommandOptions? options = null)
    {
        var snapshot = new WireWriter(_types) { SnapshotArrays = true };
        WireSerializer.Default.Write(snapshot, new EchoCommand(value));
        var entry = new CommandEntry(++_lastId, _kind, snapshot.WrittenSpan.ToArray(), null, new KeepMemo(), options, _epoch, Stopwatch.GetTimestamp()) { Run = Run, Index = Run.NextIndex++ };
        Run.Begin();
        _epoch.Enter();
        return entry;
    }

    /// <summary>Makes the loop believe that commands take no time, so that slaves are given several at once.</summary>
    internal void Learn(ScriptedSlave slave)
    {
        var entry = Queue();
        Step();
        slave.Finish(entry.Id, 0);
        Step();
        TakeReady();
        slave.Told.Clear();
        slave.Definitions.Clear();
        slave.Commands.Clear();
    }

    /// <summary>Takes what has come home; returns how many there were.</summary>
    internal int TakeReady()
    {
        var ready = new ArrayDeque<CommandEntry>();
        Run.TakeReady(ready);
        return ready.Count;
    }

    /// <summary>A new version of a named value, as SendData makes it; null removes it.</summary>
    internal void Send(string name, object? value)
    {
        var snapshot = new WireWriter(_types);
        if (value is not null)
        {
            WireSerializer.Default.Write(snapshot, value);
        }

        _epoch = new DataEpoch(++_dataVersion);
        Loop.AddData(new DataRecord(name, _dataVersion, value is not null, snapshot.WrittenSpan.ToArray(), []), _epoch);
        Hear();
    }

    /// <summary>One turn of the loop; then every slave hears what it was told.</summary>
    internal void Step()
    {
        Loop.Step(TimeSpan.FromSeconds(5));
        Hear();
    }

    private void Hear()
    {
        while (Communicator.Sent.TryDequeue(out var sent))
        {
            _slaves.Single(slave => slave.Rank == sent.Destination).Hear(sent.Message);
        }
    }

    private sealed class KeepMemo : Memo;

    private sealed class NotingFabric(FabricTraits traits, List<string> ended) : Fabric
    {
        public override string Name => "noting";

        public override FabricTraits Traits => traits;

        public override string Describe() => "noting: does nothing, remembers all";

        public override Communicator Start(RankEntry entry, FabricSettings settings) => throw new NotSupportedException("The rig has the communicator.");

        public override bool End(int rank, bool replace)
        {
            ended.Add(replace ? $"{rank} replaced" : $"{rank}");
            return true;
        }

        public override void Dispose()
        {
        }
    }
}
