using System;
using System.Text;
using HpcRuntime.Backends.Native;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Process;

/// <summary>One slave process as the master sees it. Kept by the <see cref="SlaveKeeper"/>'s thread; <see cref="Kill"/> from any thread.</summary>
internal sealed class SlaveProcess(int rank, int incarnation, SlavePage page, MemoryFile outFile, MemoryFile errorFile, long startedAt) : IDisposable
{
    /// <summary>The most of each stream that a loss carries: its end.</summary>
    private const int MostOutput = 1 << 20;

    private const int LongestReason = 300;

    private static readonly string[] LastWords = ["Unhandled exception. ", "Stack overflow.", "Process terminated.", "Out of memory.", "Fatal error."];

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
        var mark = Page.MarkAt(messages);
        var output = Rest(OutFile, mark.Out);
        var error = Rest(ErrorFile, mark.Error);
        var what = KilledBecause ?? end.ToString();
        var reason = KilledBecause is null && end.ExitCode != 0 ? Reason(Rest(ErrorFile, 0)) : null;
        if (Page.State == SlaveState.Starting && KilledBecause is null)
        {
            what += " before it came up";
        }

        return new RankLoss(reason is null ? what : $"{what}: {reason}", KilledBecause is null ? end.ExitCode : null, end.Signal is { } signal ? Signals.NameOf(signal) : null)
        {
            RunningCommand = Page.Running,
            Out = output,
            Error = error,
        };
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

    private static byte[] Rest(MemoryFile file, long shipped)
    {
        var length = file.Length;
        var from = Math.Max(shipped, length - MostOutput);
        var bytes = new byte[Math.Max(0, length - from)];
        var filled = 0;
        while (filled < bytes.Length)
        {
            var read = Descriptors.ReadAt(file.Descriptor, bytes.AsSpan(filled), from + filled);
            if (read == 0)
            {
                break;
            }

            filled += read;
        }

        return filled == bytes.Length ? bytes : bytes[..filled];
    }

    /// <summary>The line in which .NET says why it ends a process, the last one if there are several; null when it does not.</summary>
    private static string? Reason(byte[] error)
    {
        var text = Encoding.UTF8.GetString(error);

        // It may begin behind half a line of the command's own.
        var at = -1;
        foreach (var opening in LastWords)
        {
            at = Math.Max(at, text.LastIndexOf(opening, StringComparison.Ordinal));
        }

        if (at < 0)
        {
            return null;
        }

        var lines = text[at..].Split('\n', 3, StringSplitOptions.TrimEntries);
        var reason = lines[0].EndsWith('.') && lines.Length > 1 && !lines[0].StartsWith("Stack", StringComparison.Ordinal) ? lines[0] + " " + lines[1] : lines[0];
        return reason.Length > LongestReason ? string.Concat(reason.AsSpan(0, LongestReason), "...") : reason;
    }
}
