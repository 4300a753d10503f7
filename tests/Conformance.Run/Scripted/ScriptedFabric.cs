using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;

namespace HpcRuntime.Conformance.Run.Scripted;

/// <summary>Several slaves on the master's own thread, every message as bytes, and a seeded script that decides who is served next: messages of different slaves
/// arrive in scrambled order, slaves are lost and come late as a test asks. The same seed gives the same order.</summary>
internal sealed class ScriptedFabric(int seed = 1) : Fabric
{
    /// <summary>What it promises; also told to the suite.</summary>
    internal static readonly FabricTraits Promises = new(int.MaxValue, InLine: true, SharedMemory: true, ReplacesSlaves: true, Resizable: true);

    private readonly RandomStream _dice = new(seed, 0, 0);
    private readonly SortedList<int, ScriptedSlave> _slaves = [];
    private readonly Dictionary<int, int> _incarnations = [];
    private readonly Dictionary<int, List<Arrival>> _lost = []; // Seats whose holder is gone, with what it had sent, until the master gives them up.
    private readonly Queue<Arrival> _announced = new();
    private readonly Lock _lateGate = new(); // Slaves are admitted from the test's thread.
    private readonly AutoResetEvent _bell = new(false);
    private RankEntry? _entry;
    private volatile bool _woken;

    public override string Name => "scripted";

    public override FabricTraits Traits => Promises;

    /// <summary>Asked before every step of a slave.</summary>
    internal Func<ScriptedStep, Fate>? Script { get; set; }

    /// <summary>Slaves that do not join before they are admitted.</summary>
    internal HashSet<int> Late { get; init; } = [];

    /// <summary>Ranks in the order in which their messages reached the master.</summary>
    internal List<int> Delivered { get; } = [];

    private int Size => 1 + (_slaves.Count == 0 ? 0 : _slaves.Keys[^1]);

    public override string Describe() => $"scripted: {_slaves.Count} slaves on the master's thread, seed {seed}";

    public override Communicator Start(RankEntry entry, FabricSettings settings)
    {
        _entry = entry;
        for (var rank = 1; rank <= settings.Slaves; rank++)
        {
            Seat(rank);
        }

        return new MasterEnd(this);
    }

    public override bool End(int rank, bool replace)
    {
        if (_slaves.Remove(rank, out var slave))
        {
            slave.CutOff();
            slave.Dispose();
        }
        else if (!_lost.ContainsKey(rank))
        {
            return false;
        }

        if (replace)
        {
            Seat(rank);
        }

        if (_lost.Remove(rank, out var late))
        {
            late.ForEach(Announce); // After the successor's announcement: words of an incarnation that is gone.
        }

        return true;
    }

    public override bool Grow()
    {
        Seat(Enumerable.Range(1, int.MaxValue).First(rank => !_slaves.ContainsKey(rank)));
        return true;
    }

    public override void Dispose()
    {
        foreach (var slave in _slaves.Values)
        {
            slave.CutOff();
            slave.Dispose();
        }

        _slaves.Clear();
        _bell.Dispose();
    }

    /// <summary>Lets a slave of <see cref="Late"/> join.</summary>
    internal void Admit(int rank)
    {
        lock (_lateGate)
        {
            if (Late.Remove(rank))
            {
                Announce(new Arrival(ArrivalKind.RankJoined, rank, _incarnations[rank]));
            }
        }

        Ring();
    }

    private void Announce(Arrival arrival)
    {
        lock (_lateGate)
        {
            _announced.Enqueue(arrival);
        }
    }

    private void Seat(int rank)
    {
        var incarnation = _incarnations[rank] = _incarnations.GetValueOrDefault(rank) + 1;
        _slaves.Add(rank, new ScriptedSlave(rank, incarnation, () => Size, Ring));
        if (!Late.Contains(rank))
        {
            Announce(new Arrival(ArrivalKind.RankJoined, rank, incarnation));
        }
    }

    private void Lose(ScriptedSlave slave, bool sendLate)
    {
        _slaves.Remove(slave.Rank);
        var sent = slave.CutOff();
        slave.Dispose();
        Announce(new Arrival(ArrivalKind.RankLost, slave.Rank, slave.Incarnation, null, new RankLoss("lost by the script", 7)));
        _lost[slave.Rank] = [.. (sendLate ? sent : []).Select(message => new Arrival(ArrivalKind.Message, slave.Rank, slave.Incarnation, message))];
    }

    private bool AnythingToDo
    {
        get
        {
            lock (_lateGate)
            {
                return _announced.Count > 0 || _slaves.Values.Any(slave => (slave.HasMail || slave.HasWork) && !Late.Contains(slave.Rank));
            }
        }
    }

    private ScriptedSlave[] Present(Func<ScriptedSlave, bool> which)
    {
        lock (_lateGate)
        {
            return [.. _slaves.Values.Where(slave => which(slave) && !Late.Contains(slave.Rank))];
        }
    }

    private void Ring()
    {
        try
        {
            _bell.Set();
        }
        catch (ObjectDisposedException)
        {
            // A slave that outlives the fabric has nobody left to tell.
        }
    }

    private bool TryDeliver(out Arrival arrival)
    {
        lock (_lateGate)
        {
            if (_announced.TryDequeue(out arrival))
            {
                return true; // First: a slave is announced before anything of it arrives.
            }
        }

        var mail = Present(slave => slave.HasMail);

        if (mail.Length == 0)
        {
            arrival = default;
            return false;
        }

        var slave = mail[_dice.Next(mail.Length)];
        Delivered.Add(slave.Rank);
        arrival = new Arrival(ArrivalKind.Message, slave.Rank, slave.Incarnation, slave.TakeMail());
        return true;
    }

    private bool TryStep()
    {
        var ready = Present(slave => slave.HasWork);
        if (ready.Length == 0)
        {
            return false;
        }

        var slave = ready[_dice.Next(ready.Length)];
        var fate = Script?.Invoke(slave.Next) ?? Fate.Live;
        if (fate != Fate.LoseBefore)
        {
            slave.Step(_entry!);
        }

        if (fate != Fate.Live)
        {
            Lose(slave, fate == Fate.LoseAndSendLate);
        }

        return true;
    }

    private Arrival Wait(TimeSpan timeout)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (_woken)
            {
                _woken = false;
                return new Arrival(ArrivalKind.Woken);
            }

            // Two times in three slaves work on before anything is delivered, so that answers pile up and are drawn in any order.
            // While there is nothing to do, nothing is drawn: how often the master looks must not change the order.
            var stepped = AnythingToDo && _dice.Next(3) > 0 && TryStep();
            if (!stepped && TryDeliver(out var arrival))
            {
                return arrival;
            }

            if (stepped || TryStep())
            {
                continue;
            }

            var left = timeout == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : timeout - Stopwatch.GetElapsedTime(start);
            if (left != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero)
            {
                return new Arrival(ArrivalKind.Deadline);
            }

            _bell.WaitOne(left);
        }
    }

    private sealed class MasterEnd(ScriptedFabric fabric) : Communicator
    {
        public override int Rank => 0;

        public override int Size => fabric.Size;

        public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
        {
            if (fabric._slaves.TryGetValue(destination, out var slave))
            {
                slave.Deliver(new ScriptedMessage(head, blocks));
            }
        }

        public override Arrival Wait(TimeSpan timeout) => fabric.Wait(timeout);

        public override void Wake()
        {
            fabric._woken = true;
            fabric.Ring();
        }

        public override void Dispose()
        {
        }
    }
}
