using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Shows how far a run has come: a live line on a terminal, else a plain line every few seconds.</summary>
internal sealed class ProgressReporter : IProgress<WorkProgress>, IDisposable
{
    private readonly LiveLine _line;
    private readonly bool _live;
    private readonly Lock _lock = new();
    private bool _disposed;

    /// <summary>Shows what it is told.</summary>
    /// <param name="line">Standard error.</param>
    /// <param name="live">Whether it is a terminal.</param>
    internal ProgressReporter(LiveLine line, bool live)
    {
        _line = line;
        _live = live;
    }

    /// <summary>How often it wants to be told.</summary>
    internal static TimeSpan Period(bool live) => live ? TimeSpan.FromMilliseconds(200) : TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public void Report(WorkProgress value)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            if (!_live)
            {
                _line.WriteLine(Describe(value));
            }
            else if (LiveLineStream.AtLineStart)
            {
                _line.Show(Describe(value));
            }
        }
    }

    /// <summary>Shows nothing more and takes the line away.</summary>
    public void Dispose()
    {
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
    internal static string Describe(WorkProgress p)
    {
        var rate = p.Elapsed > TimeSpan.Zero ? p.Ended / p.Elapsed.TotalSeconds : 0;
        var text = FormattableString.Invariant($"{p.Done} of {p.Total} commands done");
        text += p.Failed > 0 ? FormattableString.Invariant($", {p.Failed} failed") : string.Empty;
        text += rate > 0 ? string.Create(CultureInfo.InvariantCulture, $", {(rate < 100 ? Math.Round(rate, 1) : Math.Round(rate))}/s") : string.Empty;
        text += rate > 0 && p.Ended < p.Total ? $", {Left((p.Total - p.Ended) / rate)} left" : string.Empty;
        return text.Length > 79 ? text[..79] : text;
    }

    private static string Left(double seconds) => FormattableString.Invariant(seconds switch
    {
        < 100 => $"{Math.Ceiling(seconds):0} s",
        < 6000 => $"{seconds / 60:0} min",
        < 360_000 => $"{seconds / 3600:0} h",
        _ => (FormattableString)$"{Math.Min(seconds, 1e12) / 86400:0} days",
    });
}
