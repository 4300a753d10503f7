using System;
using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <content>The keeper's thread: starting and reaping.</content>
internal sealed partial class SlaveKeeper
{
    private GroupGuardian? _guardian; // Keeper's thread.

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

            _poll.Wait(keys, Count == 0 && _waiting.Count == 0 ? -1 : _closing || _waiting.Count > 0 || _terminates ? 10 : (int)_interval.TotalMilliseconds);
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
        var seat = request.Seat;
        if (_closing || _aborted)
        {
            GiveUp(request);
            return;
        }

        if (!request.IsAttached && !request.IsSuccessor)
        {
            seat.Attach();
        }

        SlaveProcess? slave = null;
        try
        {
            slave = _starter.Prepare(request.Rank, request.Incarnation, seat);
            if (!TryAdd(slave, request))
            {
                slave.Dispose();
                return; // All end, or the seat it was to have has another holder by now, or none.
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
            CannotStart(request, slave, failed);
        }
        finally
        {
            lock (_gate)
            {
                if (slave is { IsSuccessor: true })
                {
                    slave.HasStarted = true;
                }
                else
                {
                    seat.Release();
                }
            }
        }
    }

    private bool TryAdd(SlaveProcess slave, StartRequest request)
    {
        lock (_gate)
        {
            slave.IsSuccessor = request.IsSuccessor;
            slave.Waiting = request.IsSuccessor ? request.Seat : null;
            if (_closing || (request.IsSuccessor && Find(_slaves, request.Rank, request.Incarnation - 1) is null))
            {
                return false;
            }

            _slaves.Add(slave);
            return true;
        }
    }

    private void CannotStart(StartRequest request, SlaveProcess? slave, NativeException failed)
    {
        var attached = !request.IsSuccessor;
        lock (_gate)
        {
            if (slave is not null)
            {
                _slaves.Remove(slave);
                attached = !slave.IsSuccessor;
            }
        }

        slave?.Dispose();
        _log.Error(failed, "Slave {Slave} cannot be started", request.Rank);
        if (attached)
        {
            _transport.Announce(new Arrival(ArrivalKind.RankLost, request.Rank, request.Incarnation, null, new RankLoss("cannot be started: " + failed.Message) { RunningCommand = 0 }));
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
            slave.OomHint = OomHint(slave, end);
            bool silent;
            lock (_gate)
            {
                // A successor that ended before it had its seat is no loss: the seat then gets another one.
                silent = slave.IsRetired || slave.IsSuccessor;
                _slaves.Remove(slave);
                if (silent)
                {
                    Forget(slave);
                }
                else
                {
                    _ended.Add(slave);
                }
            }

            if (!silent)
            {
                _transport.Announce(new Arrival(ArrivalKind.RankLost, slave.Rank, slave.Incarnation));
            }
        }
    }

    private SlaveProcess[] Slaves()
    {
        lock (_gate)
        {
            return [.. _slaves];
        }
    }

    private void ForgetRequests()
    {
        while (_requests.TryDequeue(out var request))
        {
            GiveUp(request);
        }
    }

    private static void GiveUp(StartRequest request)
    {
        if (request.IsAttached)
        {
            request.Seat.Release();
        }
        else
        {
            request.Seat.Discard();
        }
    }
}
