using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Tells how far a run has come: a live line on a terminal, else a plain line every few seconds.</summary>
internal sealed class ProgressReporter : IDisposable
{
    private static readonly TimeSpan LivePeriod = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PlainPeriod = TimeSpan.FromSeconds(5);
    private readonly LiveLine _line;
    private readonly bool _live;
    private readonly Func<ProcessorStatistics> _statistics;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private bool _disposed;

    /// <summary>Starts telling.</summary>
    /// <param name="line">Standard error.</param>
    /// <param name="live">Whether it is a terminal.</param>
    /// <param name="statistics">How far the run has come; called from a timer's thread.</param>
    /// <param name="time">The clock.</param>
    internal ProgressReporter(LiveLine line, bool live, Func<ProcessorStatistics> statistics, TimeProvider time)
    {
        _line = line;
        _live = live;
        _statistics = statistics;
        var period = live ? LivePeriod : PlainPeriod;
        _timer = time.CreateTimer(_ => Tell(), null, period, period);
    }

    /// <summary>Stops telling and takes the line away.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _disposed = true;
        }

        if (_live)
        {
            _line.Show(string.Empty);
        }
    }

    /// <summary>The line, at most 79 characters.</summary>
    internal static string Describe(ProcessorStatistics s)
    {
        var ended = s.Done + s.Failed + s.Cancelled;
        var rate = s.Elapsed > TimeSpan.Zero ? ended / s.Elapsed.TotalSeconds : 0;
        var text = FormattableString.Invariant($"{s.Done} of {s.Queued} commands done");
        text += s.Failed > 0 ? FormattableString.Invariant($", {s.Failed} failed") : string.Empty;
        text += rate > 0 ? string.Create(CultureInfo.InvariantCulture, $", {(rate < 100 ? Math.Round(rate, 1) : Math.Round(rate))}/s") : string.Empty;
        text += rate > 0 && ended < s.Queued ? $", {Left((s.Queued - ended) / rate)} left" : string.Empty;
        return text.Length > 79 ? text[..79] : text;
    }

    private static string Left(double seconds) => FormattableString.Invariant(seconds switch
    {
        < 100 => $"{Math.Ceiling(seconds):0} s",
        < 6000 => $"{seconds / 60:0} min",
        < 360_000 => $"{seconds / 3600:0} h",
        _ => (FormattableString)$"{Math.Min(seconds, 1e12) / 86400:0} days",
    });

    private void Tell()
    {
        // A tick that finds another at work, or the end, has nothing to add.
        if (!_lock.TryEnter())
        {
            return;
        }

        try
        {
            if (_disposed)
            {
                return;
            }

            var statistics = _statistics();
            if (!_live)
            {
                _line.WriteLine(Describe(statistics));
            }
            else if (statistics.Queued > 0 && LiveLineStream.AtLineStart)
            {
                _line.Show(Describe(statistics));
            }
        }
        finally
        {
            _lock.Exit();
        }
    }
}
