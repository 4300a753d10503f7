using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Processing;
using NUnit.Framework;
using Serilog.Core;

namespace HpcRuntime.Tests.Processing;

/// <summary>When a listener for progress is told, with a clock that ticks by hand.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class ProgressTickerTests
{
    private readonly HandClock _clock = new();
    private readonly List<WorkProgress> _told = [];
    private WorkProgress _now = new(0, false, 0, 0, 0, 0, TimeSpan.Zero);

    [Test]
    public void While_something_is_under_way_every_tick_is_told()
    {
        using var ticker = Open();
        _now = _now with { Total = 2, Running = 1 };
        _clock.Tick();
        _clock.Tick();
        Assert.That(_told, Has.Count.EqualTo(2));
        Assert.That(_clock.Period, Is.EqualTo(TimeSpan.FromSeconds(1)));
    }

    [Test]
    public void While_nothing_is_under_way_only_what_is_new_is_told()
    {
        using var ticker = Open();
        _clock.Tick();
        _now = _now with { Total = 2, Done = 2 };
        _clock.Tick();
        _now = _now with { Elapsed = TimeSpan.FromSeconds(3) };
        _clock.Tick();
        Assert.That(_told, Has.Count.EqualTo(1), "Time alone is no news.");
    }

    [Test]
    public void The_end_tells_what_was_not_told_and_nothing_comes_after_it()
    {
        var ticker = Open();
        _now = _now with { Total = 2, Done = 1 };
        _clock.Tick();
        _now = _now with { Done = 2 };
        ticker.Dispose();
        _now = _now with { Total = 3 };
        _clock.Tick();
        ticker.Dispose();
        Assert.That(_told.ConvertAll(progress => progress.Done), Is.EqualTo(new[] { 1L, 2L }));
    }

    [Test]
    public void What_was_told_is_not_told_again_at_the_end()
    {
        var ticker = Open();
        _now = _now with { Total = 1, Done = 1 };
        _clock.Tick();
        ticker.Dispose();
        Assert.That(_told, Has.Count.EqualTo(1));
    }

    private ProgressTicker Open() => new(new Listener(_told), TimeSpan.FromSeconds(1), () => _now, Logger.None, _clock);

    private sealed class Listener(List<WorkProgress> told) : IProgress<WorkProgress>
    {
        public void Report(WorkProgress value) => told.Add(value);
    }

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

            public ValueTask DisposeAsync() => default;
        }
    }
}
