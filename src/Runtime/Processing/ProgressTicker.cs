using System;
using System.Threading;
using Serilog;

namespace HpcRuntime.Processing;

/// <summary>Tells a listener how far something has come: never more often than once a period, one call at a time, on threads of the pool. Thread-safe.</summary>
internal sealed class ProgressTicker : IDisposable
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(49); // What a timer takes.

    private readonly IProgress<WorkProgress> _listener;
    private readonly Func<WorkProgress> _now;
    private readonly ILogger _log;
    private readonly object _gate = new(); // Held while the listener is told.
    private readonly ITimer _timer;
    private WorkProgress? _told;
    private bool _over;

    /// <summary>Begins to tell.</summary>
    /// <param name="listener">Who is told. One that throws is told nothing more, and the log says so.</param>
    /// <param name="period">The least time between two calls, the last one excepted.</param>
    /// <param name="now">How far it has come; from any thread.</param>
    /// <param name="log">Where a listener that throws is named.</param>
    /// <param name="time">The clock.</param>
    internal ProgressTicker(IProgress<WorkProgress> listener, TimeSpan period, Func<WorkProgress> now, ILogger log, TimeProvider time)
    {
        _listener = listener;
        _now = now;
        _log = log;
        period = period < LongestPeriod ? period : LongestPeriod;
        _timer = time.CreateTimer(_ => Tick(), null, period, period);
    }

    /// <summary>Ends it: tells what has not been told, on this thread, and nothing after that. Waits for a call that is under way.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_gate)
        {
            if (!_over)
            {
                Tell(ticking: false);
                _over = true;
            }
        }
    }

    private void Tick()
    {
        // A tick that finds the one before still at work has nothing to add.
        if (!Monitor.TryEnter(_gate))
        {
            return;
        }

        try
        {
            if (!_over)
            {
                Tell(ticking: true);
            }
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    /// <summary>While something is under way each tick is told, so that a listener sees the time go by; else only what is new.</summary>
    private void Tell(bool ticking)
    {
        var progress = _now();
        var underWay = ticking && progress.Ended < progress.Total;
        if (!underWay && (progress.CountsAs(_told) || progress.Total == 0))
        {
            return;
        }

        _told = progress;
        try
        {
            _listener.Report(progress);
        }
        catch (Exception thrown)
        {
            // The caller's own listener, on a thread where nobody else could catch it: the work goes on without it.
            _over = true;
            _timer.Dispose();
            _log.Error(thrown, "The listener for progress threw, and is told nothing more");
        }
    }
}
