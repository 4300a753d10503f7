using System;
using System.IO;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Tests.OldBugs;

/// <summary>The bugs of pprocess. What cannot apply is told in docs/from-pprocess.md.</summary>
public sealed class PprocessBugTests : OldBugFixture
{
    private static readonly Barrier FirstTwo = new(2);
    private static int _inside;
    private static int _most;

    [Test]
    public void PXB_01_a_slave_that_dies_truncates_no_map()
    {
        var results = Shared.Map(Enumerable.Range(0, 6).ToArray(), x => x == 3 ? Die() : 10 * x, new MapOptions { MaxAttempts = 1 });
        Assert.That(new[] { 0, 1, 2, 4, 5 }.Select(i => results[i]), Is.EqualTo(new[] { 0, 10, 20, 40, 50 }));
        Assert.Throws<SlaveLostException>(() => _ = results[3]);
        Assert.Throws<SlaveLostException>(() => results.ToArray(), "Whoever takes all hears of it.");
    }

    [Test]
    public void PXB_02_a_functions_own_io_error_is_its_failure_and_no_loss_of_its_slave()
    {
        var lost = Shared.Statistics.SlavesLost;
        var missing = Path.Combine(Folder, "missing");
        var failure = FailureOf<SlaveCommandException>(Shared.Submit(() => File.ReadAllText(missing)));
        Assert.That(failure.RemoteType, Is.EqualTo(typeof(FileNotFoundException).FullName));
        Assert.That(Shared.Statistics.SlavesLost, Is.EqualTo(lost));
    }

    [Test]
    public void PXB_03_after_a_loss_every_value_is_at_its_own_place()
    {
        var once = Path.Combine(Folder, "died");
        var results = Shared.Map(Enumerable.Range(0, 40).ToArray(), x => x == 1 ? DieOnce(once, 100) : 100 * x, new MapOptions { ChunkSize = 1 });
        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 40).Select(x => 100 * x)));
        Assert.That(File.Exists(once), Is.True, "A slave did die.");
    }

    [Test]
    public void PXB_04_no_more_run_at_once_than_allowed()
    {
        using var processor = Processor.Load("thread", slaves: 4);
        _most = 0;
        processor.Map(Enumerable.Range(0, 40).ToArray(), item => CountInside(item), new MapOptions { MaxConcurrency = 2, ChunkSize = 1 }).Wait();
        Assert.That(_most, Is.EqualTo(2));
        processor.Map(Enumerable.Range(0, 40).ToArray(), item => CountInside(item), new MapOptions { ChunkSize = 1 }).Wait();
        Assert.That(_most, Is.LessThanOrEqualTo(4));
    }

    [Test]
    public void PXB_05_a_slave_that_dies_does_not_hold_back_the_next_command()
    {
        var go = Path.Combine(Folder, "go");
        var held = Shared.Submit(() => WaitForFile(go, 1));
        FailureOf<SlaveLostException>(Shared.Submit(Die, new FutureOptions { MaxAttempts = 1 }));
        var next = Enumerable.Range(0, 10).Select(i => Shared.Submit(() => i)).ToArray();
        Assert.That(next.Select(ValueOf), Is.EqualTo(Enumerable.Range(0, 10)));
        Assert.That(held.IsCompleted, Is.False, "All that while the other slave was in its first command.");
        File.WriteAllText(go, string.Empty);
        Assert.That(ValueOf(held), Is.EqualTo(1));
    }

    [Test]
    public void PXB_06_a_failure_a_deadline_and_a_caller_stop_what_need_not_go_on()
    {
        Shared.AddToQueue(new CallCommand(() => throw new FormatException("no")));
        var others = Enumerable.Range(0, 2000).Select(_ => Shared.AddToQueue(new CallCommand(() => Thread.Sleep(20)))).ToList();
        Assert.Throws<SlaveCommandException>(() => Shared.RunQueue());
        Assert.That(others.Count(one => one.Status == CommandStatus.Cancelled), Is.GreaterThan(1000));
        FailureOf<CommandTimeoutException>(Shared.Submit(slave => slave.Cancellation.WaitHandle.WaitOne(20_000), new FutureOptions { Timeout = TimeSpan.FromMilliseconds(100) }));
        using var source = new CancellationTokenSource();
        var running = Shared.Submit(slave => slave.Cancellation.WaitHandle.WaitOne(20_000), cancellation: source.Token);
        source.Cancel();
        FailureOf<OperationCanceledException>(running);
    }

    [Test]
    public void PXB_07_the_stack_the_exit_code_and_an_exit_are_told()
    {
        var failure = FailureOf<SlaveCommandException>(Shared.Submit(Stumble));
        Assert.That((failure.RemoteMessage, failure.RemoteStack), Is.EqualTo(("stumbled", failure.RemoteStack)));
        Assert.That(failure.RemoteStack, Does.Contain(nameof(Stumble)));
        var lost = FailureOf<SlaveLostException>(Shared.Submit(Die, new FutureOptions { MaxAttempts = 1 }));
        Assert.That(lost.Message, Does.Contain("exited with code 3"), "An exit is a loss, never a value.");
    }

    [Test]
    public void PXB_08_what_describes_an_error_is_a_value_and_never_raised()
    {
        Assert.That(Shared.Map(new[] { "a", "b" }, text => new RemoteError("Own", text, string.Empty)).Select(error => error.Message), Is.EqualTo(new[] { "a", "b" }));
        var outcome = ValueOf(Shared.SubmitForOutcome(Stumble));
        Assert.That((outcome.IsDone, ((SlaveCommandException)outcome.Error!).RemoteMessage), Is.EqualTo((false, "stumbled")), "A failure as a value.");
        Assert.That(Assert.Throws<WireTypeException>(() => Shared.Map(["a"], text => new FormatException(text)))!.Message, Does.Contain(nameof(FormatException)), "Exception objects do not travel, and say so at the call.");
    }

    [Test]
    public void PXB_09_slaves_are_bounded_and_inputs_are_read_as_they_are_needed()
    {
        using var processor = Processor.Load("thread", slaves: 0);
        Assert.That(processor.SlaveCount, Is.InRange(1, Environment.ProcessorCount));
        var read = new int[1];
        Assert.That(Shared.Map(Counted(read), x => x, new MapOptions { Window = 64 }).Take(100).Sum(), Is.EqualTo(4950));
        Assert.That(read[0], Is.InRange(100, 100 + (2 * 64)));
    }

    [Test]
    public void PXB_10_a_limit_of_nothing_is_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Shared.Map([1], x => x, new MapOptions { MaxConcurrency = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shared.LimitGroup("g", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Shared.Resize(0));
        Assert.Catch<ArgumentException>(() => Open(-1).Dispose());
    }

    [Test]
    public void PXB_11_results_have_a_length_are_read_twice_and_are_sliced_whatever_they_are()
    {
        var rows = Shared.Map(Enumerable.Range(0, 10).ToArray(), x => new double[] { x, double.NaN });
        Assert.That((rows.Count, rows.Sum(row => row[0]), rows.Sum(row => row[0])), Is.EqualTo((10, 45.0, 45.0)));
        Assert.That(rows[2..5].Select(row => row[0]), Is.EqualTo(new[] { 2.0, 3.0, 4.0 }));
        Assert.That(Shared.Map(new[] { 1, 2 }, x => x + 1), Is.EqualTo(new[] { 2, 3 }), "Slaves are used again with any function.");
    }

    [Test]
    public void PXB_12_trivial_items_and_values_of_a_stream_do_not_cost_a_round_trip_each()
    {
        var before = Shared.Statistics.Slaves.Sum(slave => slave.Messages);
        Assert.That(Shared.Map(Enumerable.Range(0, 20_000).ToArray(), x => x).Sum(), Is.EqualTo(199_990_000));
        Assert.That(Shared.Statistics.Slaves.Sum(slave => slave.Messages) - before, Is.LessThan(2000), "There and back, 40,000 of them elsewhere.");
    }

    [Test]
    public void PXB_13_random_streams_are_different_and_do_not_depend_on_the_slaves()
    {
        using var inLine = Processor.Load("uni");
        using var fresh = Open(2);
        var here = fresh.Map(Enumerable.Range(0, 8).ToArray(), (_, slave) => slave.Random.NextDouble(), new MapOptions { ChunkSize = 1 }).ToArray();
        Assert.That(here, Is.Unique);
        Assert.That(inLine.Map(Enumerable.Range(0, 8).ToArray(), (_, slave) => slave.Random.NextDouble()), Is.EqualTo(here));
    }

    [Test]
    public void PXB_15_any_thread_of_the_master_may_use_the_processor()
    {
        var sums = Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(n => Shared.Map(Enumerable.Range(0, 100).ToArray(), x => x * n).Sum()).ToArray();
        Assert.That(sums.Order(), Is.EqualTo(new[] { 0, 4950, 9900, 14_850 }));
    }

    [Test]
    public void PXB_17_repeating_adds_no_places()
    {
        var once = Path.Combine(Folder, "died");
        var results = Shared.Map(Enumerable.Range(0, 20).ToArray(), x => x == 10 ? DieOnce(once, x) : x, new MapOptions { MaxConcurrency = 1, ChunkSize = 4 });
        Assert.That(results.Count, Is.EqualTo(20));
        Assert.That(results, Is.EqualTo(Enumerable.Range(0, 20)));
    }

    [TestCase(212 * 1024)]
    [TestCase(300 * 1024)]
    [TestCase(10 << 20)]
    public void PXB_18_large_results_come_whole(int bytes)
    {
        var result = ValueOf(Shared.Submit(() => Enumerable.Repeat((byte)7, bytes).ToArray()));
        Assert.That(result, Has.Length.EqualTo(bytes));
        Assert.That(result.AsSpan().IndexOfAnyExcept((byte)7), Is.EqualTo(-1));
    }

    private static int CountInside(int item)
    {
        var now = Interlocked.Increment(ref _inside);
        if (item < 2)
        {
            FirstTwo.SignalAndWait(TimeSpan.FromSeconds(20)); // Two at once are not left to chance.
        }

        int most;
        while (now > (most = Volatile.Read(ref _most)) && Interlocked.CompareExchange(ref _most, now, most) != most)
        {
        }

        Thread.Sleep(1);
        Interlocked.Decrement(ref _inside);
        return now;
    }

    private static int Stumble() => throw new InvalidOperationException("stumbled");

    /// <summary>Calls an action.</summary>
    private sealed class CallCommand(Action action) : SlaveCommand
    {
        public override void Run(ISlaveContext slave) => action();
    }
}
