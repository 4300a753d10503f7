using System;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>Who drives. A pump thread takes the baton whenever it can and gives it back as soon as a caller wants it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BatonTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly Pump _pump = new();

    public void Dispose() => _pump.Dispose();

    [Test]
    public void The_pump_drives_when_nobody_else_does()
    {
        _pump.Begin();
        _pump.WaitForTurns(1);
        Assert.That(_pump.IsDriving, Is.True);
    }

    [Test]
    public void A_caller_takes_the_baton_from_the_pump_and_the_pump_takes_over_after_it()
    {
        _pump.Begin();
        for (var turn = 1; turn <= 20; turn++)
        {
            _pump.WaitForTurns(turn);
            Assert.That(_pump.Baton.TryEnter(), Is.True);
            Assert.That(_pump.IsDriving, Is.False, "One holder at a time.");
            _pump.Baton.Exit();
        }

        Assert.That(_pump.Wakes, Is.GreaterThan(0), "A pump that waits is woken.");
    }

    [Test]
    public void The_pump_does_not_come_back_before_a_caller_that_has_rung_for_it()
    {
        // The caller is held up between ringing and waiting for as long as the pump needs to let go and to try again.
        Baton baton = null!;
        var cameBack = false;
        var looks = 0;
        using var _ = baton = new Baton(() =>
        {
            baton.ExitPump();
            cameBack |= baton.EnterPump(() => ++looks > 20, roused: false);
        }, () => false);
        Assert.That(baton.EnterPump(() => false, roused: false), Is.True);
        Assert.That(baton.TryEnter(patience: 10_000), Is.True);
        Assert.That(cameBack, Is.False, "Nobody would ring for it again.");
        baton.Exit();
    }

    [Test]
    public void A_pump_that_rests_does_not_stand_in_the_way_and_is_roused_by_what_a_caller_leaves_behind()
    {
        var quiet = true;
        var wakes = 0;
        using var baton = new Baton(() => wakes++, () => Volatile.Read(ref quiet));
        using var resting = new ManualResetEventSlim();
        var holding = new object(); // One has the baton, or the other: nobody need ring.
        var roused = false;
        void ComeAndGo()
        {
            lock (holding)
            {
                Assert.That(baton.TryEnter(), Is.True);
                baton.Exit();
            }
        }

        var pump = new Thread(() =>
        {
            while (!roused)
            {
                lock (holding)
                {
                    baton.EnterPump(() => false, roused: false);
                    baton.ExitPump();
                }

                roused = baton.Rest(() =>
                {
                    resting.Set();
                    return false;
                });
            }
        })
        { IsBackground = true };
        pump.Start();
        Assert.That(resting.Wait(Deadline), Is.True);
        ComeAndGo();
        Assert.That(pump.Join(200), Is.False, "A caller that leaves nothing behind leaves it alone.");
        Volatile.Write(ref quiet, false);
        Assert.That(SpinWait.SpinUntil(
            () =>
            {
                ComeAndGo();
                return pump.Join(1);
            },
            Deadline), Is.True, "The pump was not roused.");
        Assert.That((roused, wakes), Is.EqualTo((true, 0)), "It rests: there was nothing to take from it.");
    }

    [Test]
    public void What_rouses_the_pump_before_it_rests_ends_that_rest_and_no_other()
    {
        using var baton = new Baton(() => { }, () => true);
        Assert.That(baton.EnterPump(() => false, roused: false), Is.True);
        baton.ExitPump();
        baton.Rouse();
        Assert.That(baton.Rest(() => false), Is.True);
        Assert.That(baton.Rest(() => false), Is.False);
    }

    [Test]
    public void What_was_posted_before_the_pump_rests_is_not_left_lying()
    {
        using var baton = new Baton(() => { }, () => true);
        Assert.That(baton.EnterPump(() => false, roused: false), Is.True);
        baton.ExitPump();
        Assert.That(baton.Rest(() => true), Is.True);
        Assert.That(baton.EnterPump(() => false, roused: true), Is.True, "A free baton is taken at once then.");
        Assert.That(baton.TryEnter(patience: 1), Is.False);
    }

    [Test]
    public void A_second_caller_is_refused()
    {
        Assert.That(_pump.Baton.TryEnter(), Is.True);
        Assert.That(_pump.Baton.TryEnter(), Is.False);
        _pump.Baton.Exit();
        Assert.That(_pump.Baton.TryEnter(), Is.True);
        _pump.Baton.Exit();
    }

    [Test]
    public void Nobody_wants_the_baton_that_is_free_or_was_taken()
    {
        Assert.That(_pump.Baton.IsWanted, Is.False);
        Assert.That(_pump.Baton.TryEnter(), Is.True);
        Assert.That(_pump.Baton.IsWanted, Is.False);
        _pump.Baton.Exit();
    }

    [Test]
    public void The_pump_parks_under_a_caller_that_keeps_the_baton_and_drives_again_after_it()
    {
        Assert.That(_pump.Baton.TryEnter(), Is.True);
        _pump.Begin();
        _pump.WaitUntilParked();
        _pump.Baton.Exit();
        _pump.WaitForTurns(1);
        Assert.That(_pump.IsDriving, Is.True);
    }

    [Test]
    public void A_parked_pump_sees_that_it_closes()
    {
        Assert.That(_pump.Baton.TryEnter(), Is.True);
        _pump.Begin();
        _pump.WaitUntilParked();
        _pump.Close();
        Assert.That(_pump.HasEnded, Is.True);
        Assert.That(_pump.Turns, Is.Zero);
        _pump.Baton.Exit();
    }

    [Test]
    public void Callers_who_come_and_go_never_hold_it_together_with_the_pump()
    {
        _pump.Begin();
        var clock = Stopwatch.StartNew();
        var taken = 0;
        while (taken < 2000 && clock.Elapsed < Deadline)
        {
            if (_pump.Baton.TryEnter())
            {
                taken++;
                Assert.That(Interlocked.Increment(ref _pump.Holders), Is.EqualTo(1));
                Interlocked.Decrement(ref _pump.Holders);
                _pump.Baton.Exit();
            }
        }

        Assert.That((taken, _pump.SawAnother), Is.EqualTo((2000, false)));
        Assert.That(_pump.Baton.TryEnter(), Is.True);
        var turns = _pump.Turns;
        _pump.Baton.Exit();
        _pump.WaitForTurns(turns + 1);
    }

    /// <summary>Does what the processor's pump does, with an event for the loop.</summary>
    private sealed class Pump : IDisposable
    {
        internal int Holders;
        private readonly AutoResetEvent _woken = new(false);
        private readonly object _gate = new();
        private readonly Thread _thread;
        private volatile bool _closing;
        private bool _begun;
        private int _turns;
        private int _wakes;

        internal Pump()
        {
            Baton = new Baton(Wake, () => false);
            _thread = new Thread(Drive) { IsBackground = true };
        }

        internal Baton Baton { get; }

        internal bool IsDriving { get; private set; }

        internal bool SawAnother { get; private set; }

        internal bool HasEnded => !_thread.IsAlive;

        internal int Wakes => Volatile.Read(ref _wakes);

        internal int Turns
        {
            get
            {
                lock (_gate)
                {
                    return _turns;
                }
            }
        }

        internal void Begin()
        {
            _begun = true;
            _thread.Start();
        }

        /// <summary>Waits until the pump has taken the baton so many times and holds it.</summary>
        internal void WaitForTurns(int turns)
        {
            var clock = Stopwatch.StartNew();
            lock (_gate)
            {
                while (_turns < turns)
                {
                    Assert.That(Monitor.Wait(_gate, Deadline) && clock.Elapsed < Deadline, Is.True, "The pump did not take the baton in time.");
                }
            }
        }

        /// <summary>Waits until the pump waits for a ring, not in one of its short naps.</summary>
        internal void WaitUntilParked()
        {
            var clock = Stopwatch.StartNew();
            var parked = typeof(Baton).GetField("_pumpParked", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!;
            Assert.That(SpinWait.SpinUntil(() => (bool)parked.GetValue(Baton)! && (_thread.ThreadState & System.Threading.ThreadState.WaitSleepJoin) != 0, Deadline), Is.True, "The pump did not park.");
            Assert.That(clock.Elapsed, Is.LessThan(Deadline));
        }

        internal void Close()
        {
            _closing = true;
            Wake();
            Baton.Unpark();
            if (_begun)
            {
                Assert.That(_thread.Join(Deadline), Is.True, "The pump did not end.");
            }
        }

        public void Dispose()
        {
            Close();
            Baton.Dispose();
            _woken.Dispose();
        }

        private void Wake()
        {
            Interlocked.Increment(ref _wakes);
            _woken.Set();
        }

        private void Drive()
        {
            while (Baton.EnterPump(() => _closing, roused: false))
            {
                SawAnother |= Interlocked.Increment(ref Holders) != 1;
                lock (_gate)
                {
                    IsDriving = true;
                    _turns++;
                    Monitor.PulseAll(_gate);
                }

                while (!Baton.IsWanted && !_closing)
                {
                    _woken.WaitOne();
                }

                IsDriving = false;
                Interlocked.Decrement(ref Holders);
                Baton.ExitPump();
            }
        }
    }
}
