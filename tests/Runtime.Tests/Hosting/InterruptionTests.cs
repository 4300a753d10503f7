using System;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class InterruptionTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private ConcurrentQueue<string> _reports = new(); // A new one for each test: what an earlier one still reports is not this one's.
    private readonly BlockingCollection<int> _exits = [];

    [OneTimeTearDown]
    public void Release() => _exits.Dispose();

    [SetUp]
    public void Forget() => _reports = new ConcurrentQueue<string>();

    [Test]
    public void The_first_signal_asks_the_run_to_end_and_a_run_that_unwinds_tells_once_how_much_was_done()
    {
        var target = new FakeTarget();
        var interruption = Open(TimeSpan.FromHours(1));
        interruption.Attach(target);

        Assert.That(interruption.ExitCode, Is.Null);
        interruption.Receive(PosixSignal.SIGINT);
        interruption.ReportOnce();
        interruption.ReportOnce();

        Assert.That(target.Cancelled, Is.EqualTo("SIGINT"));
        Assert.That(interruption.ExitCode, Is.EqualTo(130));
        Assert.That(_reports, Is.EqualTo(new[] { "interrupted by SIGINT: 123 of 500 commands done, 2 failed" }));
        Assert.That(_exits, Is.Empty);
    }

    [Test]
    public void A_run_that_does_not_unwind_is_ended_with_its_slaves()
    {
        var target = new FakeTarget();
        var interruption = Open(TimeSpan.FromMilliseconds(1));
        interruption.Attach(target);

        interruption.Receive(PosixSignal.SIGTERM);

        Assert.That(TakeExit(), Is.EqualTo(143));
        Assert.That(target.Aborted.IsSet);
        Assert.That(_reports, Is.EqualTo(new[] { "interrupted by SIGTERM: 123 of 500 commands done, 2 failed" }));
    }

    [Test]
    public void A_second_signal_ends_the_process_at_once_with_the_code_of_the_first()
    {
        var interruption = Open(TimeSpan.FromHours(1));
        interruption.Attach(new FakeTarget());

        interruption.Receive(PosixSignal.SIGHUP);
        interruption.Receive(PosixSignal.SIGINT);

        Assert.That(TakeExit(), Is.EqualTo(129));
    }

    [Test]
    public void Before_anything_is_open_a_signal_ends_the_process_at_once()
    {
        Open(TimeSpan.FromHours(1)).Receive(PosixSignal.SIGINT);

        Assert.That(TakeExit(), Is.EqualTo(130));
        Assert.That(_reports, Is.EqualTo(new[] { "interrupted by SIGINT: nothing was begun" }));
    }

    [Test]
    public void A_processor_that_is_stuck_does_not_keep_the_process()
    {
        using var release = new ManualResetEventSlim();
        var interruption = Open(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        interruption.Attach(new FakeTarget(() => release.Wait()));

        interruption.Receive(PosixSignal.SIGINT);
        var code = TakeExit();
        release.Set();

        Assert.That(code, Is.EqualTo(130));
    }

    [Test]
    public void Whoever_is_not_the_first_to_tell_waits_until_it_is_told()
    {
        using var begun = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var interruption = Open(TimeSpan.FromHours(1), TimeSpan.FromHours(1));
        interruption.Attach(new FakeTarget(() =>
        {
            begun.Set();
            release.Wait();
        }));
        interruption.Receive(PosixSignal.SIGINT);

        var first = Task.Run(interruption.ReportOnce);
        Assert.That(begun.Wait(Deadline));
        var second = Task.Run(() =>
        {
            interruption.ReportOnce();
            return _reports.Count;
        });
        Assert.That(second.Wait(TimeSpan.FromMilliseconds(100)), Is.False);
        release.Set();

        Assert.That(first.Wait(Deadline) && second.Wait(Deadline));
        Assert.That(second.Result, Is.EqualTo(1));
    }

    [Test]
    public void Without_a_signal_nothing_is_told()
    {
        Open(TimeSpan.FromHours(1)).ReportOnce();

        Assert.That(_reports, Is.Empty);
    }

    private Interruption Open(TimeSpan patience, TimeSpan? ending = null) => new(_reports.Enqueue, _exits.Add, patience, ending ?? Deadline, ending ?? Deadline);

    private int TakeExit() => _exits.TryTake(out var code, Deadline) ? code : throw new TimeoutException("The process was not ended.");

    private sealed class FakeTarget(Action? stuck = null) : IInterruptible
    {
        internal string? Cancelled { get; private set; }

        internal ManualResetEventSlim Aborted { get; } = new();

        public void Cancel(string reason) => Cancelled = reason;

        public void Abort()
        {
            stuck?.Invoke();
            Aborted.Set();
        }

        public ProcessorStatistics Statistics
        {
            get
            {
                stuck?.Invoke();
                return FakeHost.NoStatistics with { Queued = 500, Done = 123, Failed = 2 };
            }
        }
    }
}
