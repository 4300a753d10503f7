using System;
using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;

namespace HpcRuntime.Backends.Process;

/// <content>The keeper's thread: heartbeats, deadlines, memory, successors.</content>
internal sealed partial class SlaveKeeper
{
    private static readonly long SampleInterval = Stopwatch.Frequency / 4; // Of memory where it is not limited, for the report of a kill; of a few slaves.

    private readonly TimeSpan _interval; // How often slaves are looked at.
    private bool _terminates;            // Keeper's thread: whether a slave was asked to end and is to be killed soon.
    private readonly OomKills _oomKills = new();

    private static TimeSpan IntervalFor(ProcessSettings settings) => TimeSpan.FromMilliseconds(settings switch
    {
        { RecycleAfter: > 0 } => 25,
        { MaxMemory: > 0 } => 50,
        _ => 250,
    });

    private void Look(long now)
    {
        var slaves = Slaves();
        var sampleInterval = SampleInterval * (1 + (slaves.Length / 16));
        _terminates = false;
        _oomKills.Note(now);
        foreach (var slave in slaves)
        {
            _terminates |= slave.KillAt != 0;
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

            if (slave.KilledBecause is null && !slave.IsRetired && (Silence(slave, now) ?? Outgrowth(slave, now, sampleInterval)) is { } reason)
            {
                slave.KilledBecause = reason;
                slave.Kill();
            }

            PrepareSuccessor(slave);
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

    /// <summary>Why a slave is ended for its memory; null while it need not be. Between commands it sees to that itself.</summary>
    private string? Outgrowth(SlaveProcess slave, long now, long sampleInterval)
    {
        var running = slave.Page.Running;
        if (running == 0 || slave.Child is not { } child || (_settings.MaxMemory == 0 && now - slave.SampledAt < sampleInterval))
        {
            return null;
        }

        slave.SampledAt = now;
        slave.Memory = ResidentMemory.Of(child.Id);
        if (_settings.MaxMemory == 0 || slave.Memory <= _settings.MaxMemory || slave.Page.Running != running)
        {
            return null;
        }

        // A command that began on a slave which others had left half full may do well on a fresh one.
        var before = slave.Page.Resident;
        slave.CommandAtFault = before <= _settings.MaxMemory / 2 ? running : 0;
        return $"had {ResidentMemory.Describe(slave.Memory)} of memory, {ResidentMemory.Describe(_settings.MaxMemory)} are allowed (process.max-memory)" + (slave.CommandAtFault == 0 ? $", {ResidentMemory.Describe(before)} of it from commands before" : string.Empty);
    }

    /// <summary>Starts the process that will take the seat of one that has nearly served its time, so that the seat is not empty while it comes up.</summary>
    private void PrepareSuccessor(SlaveProcess slave)
    {
        if (_settings.RecycleAfter == 0 || slave.HasSuccessor || slave.IsSuccessor || slave.IsRetired || _closing || _aborted || slave.Page.State != SlaveState.Up
            || slave.Page.Completed < _settings.RecycleAfter - Math.Max(1, _settings.RecycleAfter / 10))
        {
            return;
        }

        slave.HasSuccessor = true;
        _waiting.Add(new StartRequest(slave.Rank, slave.Incarnation + 1, _transport.Make(slave.Rank, slave.Incarnation + 1), 0) { IsSuccessor = true });
    }

    /// <summary>What may have sent a SIGKILL that was not ours; null for no idea.</summary>
    private string? OomHint(SlaveProcess slave, ProcessEnd end)
    {
        if (end.Signal != Signals.Kill || slave.WasKilled)
        {
            return null;
        }

        return _oomKills.AnyLately ? $" (by the system, as it seems, for memory ran out{(slave.Memory > 0 ? $": it had {ResidentMemory.Describe(slave.Memory)} or more" : string.Empty)}; 'dmesg' tells)" : null;
    }
}
