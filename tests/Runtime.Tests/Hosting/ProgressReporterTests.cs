using System;
using System.IO;
using System.Text;
using System.Threading;
using HpcRuntime.Hosting;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class ProgressReporterTests
{
    private readonly StringBuilder _text = new();
    private readonly HandClock _clock = new();

    [SetUp]
    public void Forget() => _text.Clear();

    [Test]
    public void Where_there_is_no_terminal_it_writes_plain_lines_every_few_seconds()
    {
        using (Open(live: false))
        {
            Assert.That(_clock.Period, Is.EqualTo(TimeSpan.FromSeconds(5)));
            _clock.Tick();
            _clock.Tick();
        }

        Assert.That(_text.ToString(), Is.EqualTo("1 of 2 commands done\n1 of 2 commands done\n"));
    }

    [Test]
    public void On_a_terminal_it_redraws_one_line_and_takes_it_away_at_the_end()
    {
        using (Open(live: true))
        {
            _clock.Tick();
            _clock.Tick();
        }

        var away = "\r" + new string(' ', "1 of 2 commands done".Length) + "\r";
        Assert.That(_text.ToString(), Is.EqualTo("1 of 2 commands done" + away + "1 of 2 commands done" + away));
    }

    [Test]
    public void A_tick_after_the_end_tells_nothing()
    {
        Open(live: false).Dispose();

        _clock.Tick();

        Assert.That(_text.ToString(), Is.Empty);
    }

    private ProgressReporter Open(bool live)
        => new(new LiveLine(new StringWriter(_text) { NewLine = "\n" }), live, () => FakeHost.NoStatistics with { Queued = 2, Done = 1 }, _clock);

    /// <summary>A clock whose one timer ticks by hand.</summary>
    private sealed class HandClock : TimeProvider
    {
        private Action? _tick;

        internal TimeSpan Period { get; private set; }

        internal void Tick() => _tick?.Invoke();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _tick = () => callback(state);
            Period = period;
            return new HandTimer();
        }

        private sealed class HandTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public System.Threading.Tasks.ValueTask DisposeAsync() => default;
        }
    }
}
