using System;
using HpcRuntime.Backends.Native;
using HpcRuntime.Backends.Slaves;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>One slave process as the master sees it. Kept by the <see cref="SlaveKeeper"/>'s thread; <see cref="Kill"/> from any thread.</summary>
internal sealed class SlaveProcess(int rank, int incarnation, SlavePage page, MemoryFile outFile, MemoryFile errorFile, long startedAt) : IDisposable
{
    private readonly object _gate = new();
    private ChildProcess? _child;
    private bool _killed;
    private bool _terminated;

    internal int Rank { get; } = rank;

    internal int Incarnation { get; } = incarnation;

    internal SlavePage Page { get; } = page;

    internal MemoryFile OutFile { get; } = outFile;

    internal MemoryFile ErrorFile { get; } = errorFile;

    internal long StartedAt { get; } = startedAt;

    /// <summary>The system's process; null until it was started.</summary>
    internal ChildProcess? Child => _child;

    /// <summary>Whether the runtime may leave files of it.</summary>
    internal bool LeavesDiagnosticFiles { get; set; }

    /// <summary>Why the keeper killed it; null when it did not.</summary>
    internal string? KilledBecause { get; set; }

    /// <summary>Whether this process killed it, for whatever reason.</summary>
    internal bool WasKilled => _killed;

    /// <summary>Why somebody else may have killed it, behind how it ended; null for no idea.</summary>
    internal string? OomHint { get; set; }

    /// <summary>The command for whose memory it was killed; 0 for none.</summary>
    internal long CommandAtFault { get; set; }

    /// <summary>Given up on purpose: its end is no news.</summary>
    internal bool IsRetired { get; set; }

    /// <summary>Started ahead of time for a seat that another holds. Under the keeper's gate.</summary>
    internal bool IsSuccessor { get; set; }

    /// <summary>A successor's end of the transport, until it has the seat. Under the keeper's gate.</summary>
    internal TransportSeat? Waiting { get; set; }

    /// <summary>Whether a successor's process has its end of the transport. Under the keeper's gate.</summary>
    internal bool HasStarted { get; set; }

    /// <summary>Whether its own successor was started.</summary>
    internal bool HasSuccessor { get; set; }

    /// <summary>Its memory when it was last looked at, in bytes; 0 before.</summary>
    internal long Memory { get; set; }

    /// <summary>When that was, in Stopwatch ticks.</summary>
    internal long SampledAt { get; set; }

    /// <summary>When a slave that is on its way out is killed, in Stopwatch ticks; 0 for never.</summary>
    internal long KillAt { get; set; }

    /// <summary>When its heartbeat last changed, in Stopwatch ticks.</summary>
    internal long AliveAt { get; set; } = startedAt;

    internal long LastBeat { get; set; }

    /// <summary>What its processor time was when it had shown no life for a while; -1 while it does.</summary>
    internal long ProcessorTime { get; set; } = -1;

    /// <summary>The child was started. One that was killed before is killed now.</summary>
    internal void Started(ChildProcess child)
    {
        lock (_gate)
        {
            _child = child;
            if (_killed)
            {
                KillNow(child);
            }
        }
    }

    /// <summary>Asks it, and what it started, to end by SIGTERM; the keeper kills it at <paramref name="killAt"/>, in Stopwatch ticks. From any thread.</summary>
    internal void Terminate(long killAt)
    {
        lock (_gate)
        {
            KillAt = KillAt == 0 ? killAt : Math.Min(KillAt, killAt);
            _terminated = true;
            if (_child is { } child && child.Signal(Signals.Terminate))
            {
                OwnProcess.SignalGroup(child.Id, Signals.Terminate);
            }
        }
    }

    /// <summary>Takes the seat that it was started for. Under the keeper's gate.</summary>
    internal void Adopt()
    {
        IsSuccessor = false;
        Waiting!.Attach();
        if (HasStarted)
        {
            Waiting.Release(); // Else whoever starts it now does so.
        }

        Waiting = null;
    }

    /// <summary>Ends a successor whose seat stays empty. Under the keeper's gate.</summary>
    internal void Discard()
    {
        IsRetired = true;
        Kill();
    }

    /// <summary>What it has done.</summary>
    internal SlaveRecord Record() => new(Page.Completed, Page.Running, Page.State == SlaveState.Leaving);

    /// <summary>Kills it and what it started. From any thread.</summary>
    internal void Kill()
    {
        lock (_gate)
        {
            _killed = true;
            if (_child is { } child)
            {
                KillNow(child);
            }
        }
    }

    /// <summary>How it ended, once it has; what it started and left in its process group goes with it.</summary>
    internal ProcessEnd? TryReap()
    {
        lock (_gate)
        {
            if (_child is not { } child || !child.WaitForEnd(TimeSpan.Zero))
            {
                return null;
            }

            // Its number, and so its group's, is its own until it is reaped.
            OwnProcess.SignalGroup(child.Id, Signals.Kill);
            if (LeavesDiagnosticFiles)
            {
                DiagnosticFiles.Delete(child.Id);
            }

            return child.TryReap();
        }
    }

    /// <summary>How it ended; set once it was reaped.</summary>
    internal ProcessEnd End { get; set; }

    /// <summary>What the master is told of its end, when <paramref name="messages"/> messages have come from it and no more will.</summary>
    internal RankLoss Loss(long messages)
    {
        var end = End;
        var what = KilledBecause ?? (_terminated ? _killed ? "ended by SIGKILL, for it ignored SIGTERM" : "ended by SIGTERM" : end + OomHint);
        var reason = KilledBecause is null && end.ExitCode != 0 ? SlaveRemains.Reason(ErrorFile) : null;
        if (Page.State == SlaveState.Starting && KilledBecause is null)
        {
            what += " before it came up";
        }

        var loss = new RankLoss(reason is null ? what : $"{what}: {reason}", KilledBecause is null ? end.ExitCode : null, end.Signal is { } signal ? Signals.NameOf(signal) : null)
        {
            CommandFailed = CommandAtFault != 0 && CommandAtFault == Page.Running,
            FromOutside = KilledBecause is null && !_killed && OomHint is null && end.Signal == Signals.Kill,
        };
        return SlaveRemains.Complete(loss, Page, OutFile, ErrorFile, messages);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _child?.Dispose();
        }

        Waiting?.Discard();
        Waiting = null;
        OutFile.Dispose();
        ErrorFile.Dispose();
        Page.Dispose();
    }

    private static void KillNow(ChildProcess child)
    {
        // Signalling by descriptor says whether it is still there; then its group is its own.
        if (child.Signal(Signals.Kill))
        {
            OwnProcess.SignalGroup(child.Id, Signals.Kill);
        }
    }
}
