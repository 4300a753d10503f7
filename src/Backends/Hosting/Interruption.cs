using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Ends a program on a signal: the first asks it to unwind, and gives it a little time; the second, or the end of that time, ends the process.
/// How much was done is told once in any case.</summary>
internal sealed class Interruption
{
    private readonly Action<string> _report;
    private readonly Action<int> _exit;
    private readonly TimeSpan _patience;
    private readonly TimeSpan _reportPatience;
    private readonly TimeSpan _abortPatience;
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();

    // Under the lock.
    private IInterruptible? _target;
    private PosixSignal? _signal;
    private bool _reported;

    /// <summary>No signal yet.</summary>
    /// <param name="report">Tells one line.</param>
    /// <param name="exit">Ends the process with a code, without unwinding.</param>
    /// <param name="patience">How long the program may take to unwind.</param>
    /// <param name="reportPatience">How long the line may take after that.</param>
    /// <param name="abortPatience">How long the end of the slaves may take after the line.</param>
    internal Interruption(Action<string> report, Action<int> exit, TimeSpan patience, TimeSpan reportPatience, TimeSpan abortPatience)
    {
        _report = report;
        _exit = exit;
        _patience = patience;
        _reportPatience = reportPatience;
        _abortPatience = abortPatience;
    }

    /// <summary>The exit code of the signal that came; null while none has.</summary>
    internal int? ExitCode
    {
        get
        {
            lock (_lock)
            {
                return _signal is { } signal ? ExitCodes.For(signal) : null;
            }
        }
    }

    /// <summary>From now on signals go to <paramref name="target"/>.</summary>
    internal void Attach(IInterruptible target)
    {
        lock (_lock)
        {
            _target = target;
        }
    }

    /// <summary>Takes a signal. Returns at once, but for what the target's Cancel takes.</summary>
    internal void Receive(PosixSignal signal)
    {
        IInterruptible? target;
        bool first;
        lock (_lock)
        {
            first = _signal is null;
            _signal ??= signal;
            target = _target;
        }

        if (!first)
        {
            _second.TrySetResult();
            return;
        }

        // A thread of its own: the pool may be full of the very commands that do not end.
        new Thread(() => EndAfterPatience(target)) { IsBackground = true, Name = "interruption" }.Start();
        target?.Cancel(signal.ToString());
    }

    /// <summary>Tells how much was done, if that was not told before. While another thread is about to tell it, this waits for that, as long as the line may take.</summary>
    internal void ReportOnce()
    {
        PosixSignal signal;
        IInterruptible? target;
        bool first;
        lock (_lock)
        {
            if (_signal is null)
            {
                return;
            }

            first = !_reported;
            _reported = true;
            signal = _signal.Value;
            target = _target;
        }

        if (!first)
        {
            // Whoever comes second may end the process, and would take the line with it.
            _told.Task.Wait(_reportPatience);
            return;
        }

        try
        {
            _report(Describe(signal, target?.Statistics));
        }
        finally
        {
            _told.SetResult();
        }
    }

    /// <summary>The line on how much was done.</summary>
    internal static string Describe(PosixSignal signal, ProcessorStatistics? statistics) => statistics is null
        ? $"interrupted by {signal}: nothing was begun"
        : string.Create(CultureInfo.InvariantCulture, $"interrupted by {signal}: {statistics.Done} of {statistics.Queued} commands done, {statistics.Failed} failed");

    private void EndAfterPatience(IInterruptible? target)
    {
        if (target is not null)
        {
            _second.Task.Wait(_patience);
        }

        // Neither the report nor the end of the slaves may keep the process: each has a thread that is given up with it.
        RunBriefly(ReportOnce, _reportPatience);
        if (target is not null)
        {
            RunBriefly(target.Abort, _abortPatience);
        }

        _exit(ExitCode!.Value);
    }

    private static void RunBriefly(Action action, TimeSpan most)
    {
        var thread = new Thread(() =>
        {
            try
            {
                action();
            }
            catch (Exception)
            {
                // The process ends in a moment with the signal's code; a failure on the way out must not make it a crash.
            }
        })
        { IsBackground = true };
        thread.Start();
        thread.Join(most);
    }
}
