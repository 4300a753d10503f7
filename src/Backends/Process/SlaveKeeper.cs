using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>One thread that starts slave processes, watches them, and reaps them. It lives as long as any of them: the system kills a slave when the thread that started it ends.</summary>
internal sealed class SlaveKeeper : IDisposable
{
    /// <summary>How often heartbeats and deadlines are looked at.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly SlaveStarter _starter;
    private readonly SlaveTransport _transport;
    private readonly ProcessSettings _settings;
    private readonly Serilog.ILogger _log;
    private readonly EventPoll _poll = new();
    private readonly System.Threading.Thread _thread;
    private readonly ConcurrentQueue<StartRequest> _requests = new();
    private readonly List<StartRequest> _waiting = []; // Keeper's thread.
    private readonly object _gate = new();
    private readonly Dictionary<(int Rank, int Incarnation), SlaveProcess> _slaves = []; // Under the gate.
    private readonly Dictionary<(int Rank, int Incarnation), SlaveProcess> _ended = [];  // Under the gate: those that ended by themselves and are not retired yet.
    private bool _aborted;                                                                // Under the gate.
    private volatile bool _closing;
    private GroupGuardian? _guardian; // Keeper's thread.

    internal SlaveKeeper(SlaveStarter starter, SlaveTransport transport, ProcessSettings settings, Serilog.ILogger log)
    {
        _starter = starter;
        _transport = transport;
        _settings = settings;
        _log = log;
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

    /// <summary>Has a slave started, not before <paramref name="after"/> is over.</summary>
    internal void Start(int rank, int incarnation, TransportSeat? seat, TimeSpan after)
    {
        _requests.Enqueue(new StartRequest(rank, incarnation, seat, Stopwatch.GetTimestamp() + (long)(after.TotalSeconds * Stopwatch.Frequency)));
        _poll.Ring();
    }

    /// <summary>Gives a slave up: its end is not reported. One that is on its way out has the time for it.</summary>
    /// <returns>Whether it had begun a command.</returns>
    internal bool Retire(int rank, int incarnation, TimeSpan patience)
    {
        lock (_gate)
        {
            if (_ended.Remove((rank, incarnation), out var ended))
            {
                var began = ended.Page.Begun > 0;
                ended.Dispose();
                return began;
            }

            if (!_slaves.TryGetValue((rank, incarnation), out var slave))
            {
                return false;
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

            return slave.Page.Begun > 0;
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
            return _ended.TryGetValue((rank, incarnation), out var slave) ? slave.Loss(messages) : null;
        }
    }

    /// <summary>Kills them all, now. From any thread.</summary>
    internal void Abort()
    {
        lock (_gate)
        {
            _aborted = true;
            foreach (var slave in _slaves.Values)
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
            foreach (var slave in _slaves.Values)
            {
                slave.IsRetired = true;
                slave.KillAt = slave.KillAt == 0 ? deadline : Math.Min(slave.KillAt, deadline);
            }
        }

        _closing = true;
        _poll.Ring();
        _thread.Join();
        lock (_gate)
        {
            foreach (var ended in _ended.Values)
            {
                ended.Dispose();
            }

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

    private void Keep()
    {
        Span<int> keys = stackalloc int[64];
        _guardian = GroupGuardian.Start(_log);
        while (true)
        {
            StartWhatIsDue();
            Reap();
            Look(Stopwatch.GetTimestamp());
            if (_closing && Count == 0)
            {
                ForgetRequests();
                _guardian?.Dispose();
                return;
            }

            _poll.Wait(keys, Count == 0 && _waiting.Count == 0 ? -1 : _closing || _waiting.Count > 0 ? 10 : (int)Interval.TotalMilliseconds);
        }
    }

    private void StartWhatIsDue()
    {
        while (_requests.TryDequeue(out var request))
        {
            _waiting.Add(request);
        }

        for (var i = 0; i < _waiting.Count; i++)
        {
            var request = _waiting[i];
            if (_closing || _aborted || Stopwatch.GetTimestamp() >= request.At)
            {
                _waiting.RemoveAt(i--);
                StartNow(request);
            }
        }
    }

    private void StartNow(StartRequest request)
    {
        if (_closing || _aborted)
        {
            request.Seat?.Release();
            return;
        }

        var seat = request.Seat ?? _transport.Join(request.Rank, request.Incarnation);
        try
        {
            var slave = _starter.Prepare(request.Rank, request.Incarnation, seat);
            lock (_gate)
            {
                _slaves.Add((request.Rank, request.Incarnation), slave);
            }

            _starter.Start(slave, seat);
            _poll.Watch(slave.Child!.Descriptor, request.Rank);
            _guardian?.Add(slave.Child.Id);
            if (_aborted)
            {
                slave.Kill();
            }
        }
        catch (NativeException failed)
        {
            SlaveProcess? slave;
            lock (_gate)
            {
                _slaves.Remove((request.Rank, request.Incarnation), out slave);
            }

            slave?.Dispose();
            _log.Error(failed, "Slave {Slave} cannot be started", request.Rank);
            _transport.Announce(new Arrival(ArrivalKind.RankLost, request.Rank, request.Incarnation, null, new RankLoss("cannot be started: " + failed.Message) { RunningCommand = 0 }));
        }
        finally
        {
            seat.Release();
        }
    }

    private void Reap()
    {
        foreach (var slave in Slaves())
        {
            if (slave.TryReap() is not { } end)
            {
                continue;
            }

            _poll.Forget(slave.Child!.Descriptor);
            _guardian?.Remove(slave.Child.Id);
            slave.End = end;
            bool retired;
            lock (_gate)
            {
                retired = slave.IsRetired;
                _slaves.Remove((slave.Rank, slave.Incarnation));
                if (!retired)
                {
                    _ended[(slave.Rank, slave.Incarnation)] = slave;
                }
            }

            if (retired)
            {
                slave.Dispose();
            }
            else
            {
                _transport.Announce(new Arrival(ArrivalKind.RankLost, slave.Rank, slave.Incarnation));
            }
        }
    }

    private void Look(long now)
    {
        foreach (var slave in Slaves())
        {
            if (slave.KillAt != 0 && now >= slave.KillAt)
            {
                slave.Kill();
            }

            var beat = slave.Page.Heartbeat;
            if (beat != slave.LastBeat)
            {
                slave.LastBeat = beat;
                slave.ProcessorTime = -1;
                slave.AliveAt = now;
            }

            if (slave.KilledBecause is null && !slave.IsRetired && Silence(slave, now) is { } silence)
            {
                slave.KilledBecause = silence;
                slave.Kill();
            }
        }
    }

    /// <summary>Why a slave is given up as not answering; null while it is not.</summary>
    private string? Silence(SlaveProcess slave, long now)
    {
        if (slave.Page.State == SlaveState.Starting)
        {
            return _settings.StartTimeout is { } patience && Stopwatch.GetElapsedTime(slave.StartedAt, now) > patience
                ? FormattableString.Invariant($"did not come up within {patience.TotalSeconds:0.###} s")
                : null;
        }

        if (_settings.Heartbeat is not { } most || Stopwatch.GetElapsedTime(slave.AliveAt, now) <= most / 2)
        {
            return null;
        }

        // A process that is held up by a long garbage collection is at work all the same.
        var used = ProcessorTime.Of(slave.Child!.Id);
        if (used != slave.ProcessorTime)
        {
            slave.ProcessorTime = used;
            slave.AliveAt = now - (long)(most.TotalSeconds / 2 * Stopwatch.Frequency);
            return null;
        }

        if (Stopwatch.GetElapsedTime(slave.AliveAt, now) <= most)
        {
            return null;
        }

        return FormattableString.Invariant($"showed no life for {most.TotalSeconds:0.###} s (stopped, or its machine is)");
    }

    private SlaveProcess[] Slaves()
    {
        lock (_gate)
        {
            return [.. _slaves.Values];
        }
    }

    private void ForgetRequests()
    {
        while (_requests.TryDequeue(out var request))
        {
            request.Seat?.Release();
        }
    }

    /// <summary>A slave to be started.</summary>
    /// <param name="Rank">Its seat.</param>
    /// <param name="Incarnation">Which holder it is.</param>
    /// <param name="Seat">Its end of the transport, when it has been announced already.</param>
    /// <param name="At">Not before, in Stopwatch ticks.</param>
    private sealed record StartRequest(int Rank, int Incarnation, TransportSeat? Seat, long At);
}
