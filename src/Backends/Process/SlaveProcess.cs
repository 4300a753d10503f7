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

    /// <summary>Given up on purpose: its end is no news.</summary>
    internal bool IsRetired { get; set; }

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
        var what = KilledBecause ?? end.ToString();
        var reason = KilledBecause is null && end.ExitCode != 0 ? SlaveRemains.Reason(ErrorFile) : null;
        if (Page.State == SlaveState.Starting && KilledBecause is null)
        {
            what += " before it came up";
        }

        var loss = new RankLoss(reason is null ? what : $"{what}: {reason}", KilledBecause is null ? end.ExitCode : null, end.Signal is { } signal ? Signals.NameOf(signal) : null);
        return SlaveRemains.Complete(loss, Page, OutFile, ErrorFile, messages);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _child?.Dispose();
        }

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
