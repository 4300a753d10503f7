using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>One thread that starts slave processes, watches them, and reaps them. It lives as long as any of them: the system kills a slave when the thread that started it ends.</summary>
internal sealed partial class SlaveKeeper : IDisposable
{
    /// <summary>A slave that was asked to end by SIGTERM has this long for it.</summary>
    private static readonly TimeSpan TerminationPatience = TimeSpan.FromSeconds(1);

    private readonly SlaveStarter _starter;
    private readonly SlaveTransport _transport;
    private readonly ProcessSettings _settings;
    private readonly Serilog.ILogger _log;
    private readonly EventPoll _poll = new();
    private readonly System.Threading.Thread _thread;
    private readonly ConcurrentQueue<StartRequest> _requests = new();
    private readonly List<StartRequest> _waiting = []; // Keeper's thread.
    private readonly object _gate = new();
    private readonly List<SlaveProcess> _slaves = []; // Under the gate.
    private readonly List<SlaveProcess> _ended = [];  // Under the gate: those that ended by themselves and are not retired yet.
    private long _completedBefore;                    // Under the gate: commands completed by slaves that are gone.
    private bool _aborted;                            // Under the gate.
    private volatile bool _closing;                   // Written under the gate.

    internal SlaveKeeper(SlaveStarter starter, SlaveTransport transport, ProcessSettings settings, Serilog.ILogger log)
    {
        _starter = starter;
        _transport = transport;
        _settings = settings;
        _log = log;
        _interval = IntervalFor(settings);
        _thread = new System.Threading.Thread(Keep) { IsBackground = true, Name = "HpcRuntime slave keeper" };
        _thread.UnsafeStart();
    }

    /// <summary>Slave processes that exist now.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _slaves.Count;
            }
        }
    }

    /// <summary>Commands that slaves have completed so far.</summary>
    internal long Completed
    {
        get
        {
            lock (_gate)
            {
                var completed = _completedBefore;
                _slaves.ForEach(slave => completed += slave.Page.Completed);
                _ended.ForEach(slave => completed += slave.Page.Completed);
                return completed;
            }
        }
    }

    /// <summary>Has a slave started, not before <paramref name="after"/> is over.</summary>
    internal void Start(int rank, int incarnation, TransportSeat seat, TimeSpan after)
    {
        _requests.Enqueue(new StartRequest(rank, incarnation, seat, Stopwatch.GetTimestamp() + (long)(after.TotalSeconds * Stopwatch.Frequency)) { IsAttached = after == TimeSpan.Zero });
        _poll.Ring();
    }

    /// <summary>Gives a seat to the successor that was started for it ahead of time; false when there is none.</summary>
    internal bool Adopt(int rank, int incarnation)
    {
        lock (_gate)
        {
            if (_slaves.Find(slave => slave.IsSuccessor && slave.Rank == rank && slave.Incarnation == incarnation && !slave.IsRetired) is not { } successor)
            {
                return false;
            }

            successor.Adopt();
            return true;
        }
    }

    /// <summary>Gives a slave up: its end is not reported. One that is on its way out has the time for it.</summary>
    /// <returns>What it had done; null for one that is not known.</returns>
    internal SlaveRecord? Retire(int rank, int incarnation, TimeSpan patience, bool replace)
    {
        lock (_gate)
        {
            if (!replace)
            {
                _slaves.Find(slave => slave.IsSuccessor && slave.Rank == rank && !slave.IsRetired)?.Discard();
            }

            if (Find(_ended, rank, incarnation) is { } ended)
            {
                _ended.Remove(ended);
                var record = ended.Record();
                Forget(ended);
                return record;
            }

            if (Find(_slaves, rank, incarnation) is not { } slave)
            {
                return null;
            }

            slave.IsRetired = true;
            if (slave.Page.State == SlaveState.Leaving)
            {
                slave.KillAt = Stopwatch.GetTimestamp() + (long)(patience.TotalSeconds * Stopwatch.Frequency);
            }
            else
            {
                slave.Kill();
            }

            return slave.Record();
        }
    }

    /// <summary>Asks a slave to end by SIGTERM, which its runtime and what it has started may heed, and kills it when it has not a moment later. Its end is reported.</summary>
    internal bool Stop(int rank, int incarnation)
    {
        lock (_gate)
        {
            if (Find(_slaves, rank, incarnation) is not { } slave)
            {
                return false;
            }

            slave.Terminate(Stopwatch.GetTimestamp() + (long)(TerminationPatience.TotalSeconds * Stopwatch.Frequency));
        }

        _poll.Ring();
        return true;
    }

    /// <summary>Forbids a slave to begin what it has been sent; the command it began last. Null for one that is not known.</summary>
    internal long? TakeBack(int rank, int incarnation)
    {
        lock (_gate)
        {
            return Find(_slaves, rank, incarnation)?.Page.Revoke();
        }
    }

    /// <summary>How a slave that ended by itself did; null for one that is not known.</summary>
    /// <param name="rank">Its seat.</param>
    /// <param name="incarnation">Which holder it was.</param>
    /// <param name="messages">The messages that came from it.</param>
    internal RankLoss? LossOf(int rank, int incarnation, long messages)
    {
        lock (_gate)
        {
            return Find(_ended, rank, incarnation)?.Loss(messages);
        }
    }

    /// <summary>Kills them all, now. From any thread.</summary>
    internal void Abort()
    {
        lock (_gate)
        {
            _aborted = true;
            foreach (var slave in _slaves)
            {
                slave.Kill();
            }
        }

        _poll.Ring();
    }

    /// <summary>Waits for slaves that were told to leave; kills what is left then.</summary>
    internal void Close(TimeSpan grace)
    {
        var deadline = Stopwatch.GetTimestamp() + (long)(grace.TotalSeconds * Stopwatch.Frequency);
        lock (_gate)
        {
            _closing = true; // Together: one that is being started is either among these, or is not added any more.
            foreach (var slave in _slaves)
            {
                if (slave.IsSuccessor)
                {
                    slave.Discard(); // Nobody tells it to leave.
                }

                slave.IsRetired = true;
                slave.KillAt = slave.KillAt == 0 ? deadline : Math.Min(slave.KillAt, deadline);
            }
        }

        _poll.Ring();
        _thread.Join();
        lock (_gate)
        {
            _ended.ForEach(ended => ended.Dispose());
            _ended.Clear();
        }
    }

    public void Dispose()
    {
        if (!_closing)
        {
            Abort();
            Close(TimeSpan.Zero);
        }

        _poll.Dispose();
    }

    private static SlaveProcess? Find(List<SlaveProcess> slaves, int rank, int incarnation) =>
        slaves.Find(slave => slave.Rank == rank && slave.Incarnation == incarnation && !slave.IsRetired);

    /// <summary>Lets go of one that has ended. Under the gate.</summary>
    private void Forget(SlaveProcess slave)
    {
        _completedBefore += slave.Page.Completed;
        slave.Dispose();
    }

    /// <summary>A slave to be started.</summary>
    /// <param name="Rank">Its seat.</param>
    /// <param name="Incarnation">Which holder it is.</param>
    /// <param name="Seat">Its end of the transport.</param>
    /// <param name="At">Not before, in Stopwatch ticks.</param>
    private sealed record StartRequest(int Rank, int Incarnation, TransportSeat Seat, long At)
    {
        /// <summary>Whether the slave has its seat on the master already.</summary>
        internal bool IsAttached { get; init; }

        /// <summary>Whether it is to wait for the seat until its present holder leaves.</summary>
        internal bool IsSuccessor { get; init; }
    }
}

/// <summary>What a slave had done when it was given up.</summary>
/// <param name="Completed">Commands that it ended, well or badly.</param>
/// <param name="Running">The command that it ran; 0 for none.</param>
/// <param name="Left">Whether it was leaving because it was told to.</param>
internal sealed record SlaveRecord(long Completed, long Running, bool Left);
