using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Thread;

/// <summary>Slaves are threads of the master's process. Console writes are routed to the command that makes them; native code's are not caught.</summary>
public sealed class ThreadFabric : Fabric
{
    private static readonly FabricOption Isolation = new(
        "isolation",
        "full: commands and results are copied, so that no rank sees another's changes; none: large arrays are used in place",
        "full",
        ["full", "none"]);

    /// <summary>A slave that runs no command ends as soon as it gets a core: it is waited for so much longer than others.</summary>
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(2);

    private readonly object _gate = new(); // Guards the two below: the holder of the baton and Abort use them.
    private readonly SortedDictionary<int, SlaveThread> _slaves = [];
    private readonly List<SlaveThread> _abandoned = [];
    private InProcessWorld _world = new();
    private RankEntry? _entry;
    private FabricSettings? _settings;

    /// <inheritdoc/>
    public override string Name => "thread";

    /// <inheritdoc/>
    public override IReadOnlyList<FabricOption> Options { get; } = [Isolation];

    /// <inheritdoc/>
    public override FabricTraits Traits { get; } = new(MaxSlaves: 4096, SharedMemory: true, ReplacesSlaves: true, Resizable: true);

    /// <inheritdoc/>
    public override bool SharesArrays => !_world.Isolated;

    /// <inheritdoc/>
    public override string Describe()
    {
        lock (_gate)
        {
            return string.Create(CultureInfo.InvariantCulture, $"thread: {_slaves.Count} slave thread{(_slaves.Count == 1 ? string.Empty : "s")} in process {Environment.ProcessId}");
        }
    }

    /// <inheritdoc/>
    public override Communicator Start(RankEntry entry, FabricSettings settings)
    {
        _entry = entry;
        _settings = settings;
        _world = new InProcessWorld(isolated: settings.Get(Isolation) != "none");
        var master = _world.Open(0);
        for (var rank = 1; rank <= settings.Slaves; rank++)
        {
            Seat(rank);
        }

        return master;
    }

    /// <inheritdoc/>
    /// <remarks>A thread cannot be killed: its seat is given to another, and it ends by itself if its command ever returns.</remarks>
    public override bool End(int rank, bool replace)
    {
        lock (_gate)
        {
            if (!_slaves.Remove(rank, out var old))
            {
                return false;
            }

            old.Communicator.Dispose();
            _abandoned.RemoveAll(slave => slave.HasEnded);
            _abandoned.Add(old);
        }

        if (replace)
        {
            Seat(rank);
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Grow()
    {
        var rank = 1;
        lock (_gate)
        {
            while (_slaves.ContainsKey(rank))
            {
                rank++;
            }
        }

        Seat(rank);
        return true;
    }

    /// <inheritdoc/>
    public override void Abort()
    {
        lock (_gate)
        {
            foreach (var slave in _slaves.Values)
            {
                slave.Communicator.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Abort();
        var deadline = Stopwatch.GetTimestamp() + (long)((_settings?.ShutdownGrace.TotalSeconds ?? 0) * Stopwatch.Frequency);
        var latest = deadline + (long)(Lateness.TotalSeconds * Stopwatch.Frequency);
        SlaveThread[] slaves;
        lock (_gate)
        {
            slaves = [.. _slaves.Values];
            _slaves.Clear();
        }

        foreach (var slave in slaves)
        {
            if (!slave.JoinUntil(deadline) && (slave.IsInCommand || !slave.JoinUntil(latest)))
            {
                _settings!.Logger.Warning("Slave thread {Slave} is still in its command and is abandoned; it ends with the process", slave.Communicator.Rank);
            }
        }
    }

    private void Seat(int rank)
    {
        var slave = new SlaveThread(_world.Open(rank), _entry!);
        lock (_gate)
        {
            _slaves.Add(rank, slave);
        }

        _world.Announce(0, new Arrival(ArrivalKind.RankJoined, rank, slave.Communicator.Incarnation));
        slave.Start(loss => _world.Announce(0, new Arrival(ArrivalKind.RankLost, rank, slave.Communicator.Incarnation, null, loss)));
    }
}
