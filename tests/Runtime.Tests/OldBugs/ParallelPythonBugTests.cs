using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Tests.OldBugs;

/// <summary>The bugs of Parallel Python. What cannot apply before there are remote nodes is told in docs/from-parallel-python.md.</summary>
public sealed class ParallelPythonBugTests : OldBugFixture
{
    [Test]
    public void PPB_01_every_function_runs_itself()
    {
        var values = new List<Task<int>>();
        for (var i = 0; i < 60; i++)
        {
            var n = i;
            values.Add(i % 2 == 0 ? Shared.Submit(() => 2 * n) : Shared.Submit(() => -n));
            GC.Collect(0); // There an address was used again, and with it another function's code.
        }

        Assert.That(values.Select(ValueOf), Is.EqualTo(Enumerable.Range(0, 60).Select(n => n % 2 == 0 ? 2 * n : -n)));
    }

    [Test]
    public void PPB_02_a_dead_slave_and_a_result_that_cannot_travel_swallow_no_later_work()
    {
        using var processor = Open(1);
        FailureOf<SlaveLostException>(processor.Submit(Die, new FutureOptions { MaxAttempts = 1 }));
        Assert.That(FailureOf<SlaveCommandException>(processor.Submit(() => (object)new Timer(_ => { }))).Message, Does.Contain(nameof(Timer)));
        Assert.That(Enumerable.Range(0, 5).Select(i => ValueOf(processor.Submit(() => i))), Is.EqualTo(Enumerable.Range(0, 5)));
    }

    [Test]
    public void PPB_03_what_children_and_commands_print_disturbs_nothing()
    {
        var printed = ValueOf(Shared.Submit(Print));
        Assert.That(printed, Is.EqualTo(200_000));
        var command = Shared.AddToQueue(new PrintCommand());
        Shared.RunQueue();
        Assert.That((command.Output.Out, command.Output.Error.Length), Is.EqualTo(("from a child\n", 200_000)));
    }

    [Test]
    public void PPB_04_a_callback_that_throws_is_heard_of_and_repeats_nothing()
    {
        var runs = Path.Combine(Folder, "runs");
        Shared.AddToQueue(new NoteCommand(runs), _ => throw new FormatException("the callback"));
        Assert.That(Assert.Throws<FormatException>(() => Shared.RunQueue())!.Message, Is.EqualTo("the callback"));
        var continued = Shared.Submit(() => Note(runs)).ContinueWith(_ => throw new FormatException("the continuation"), TaskScheduler.Default);
        FailureOf<FormatException>(continued);
        Assert.That(ValueOf(Shared.Submit(() => 1)), Is.EqualTo(1));
        Assert.That(File.ReadAllText(runs), Is.EqualTo("xx"), "Each ran once.");
    }

    [Test]
    public void PPB_05_a_failure_is_not_null()
    {
        Assert.That(ValueOf(Shared.Submit(() => (string?)null)), Is.Null);
        var failed = ValueOf(Shared.SubmitForOutcome<string?>(() => throw new FormatException("no")));
        Assert.That(failed.Error, Is.InstanceOf<SlaveCommandException>());
    }

    [Test]
    public void PPB_06_a_command_may_take_longer_than_a_sign_of_life()
    {
        using var processor = Open(1, null, ("heartbeat", "2s"));
        var runs = Path.Combine(Folder, "runs");
        Assert.That(ValueOf(processor.Submit(() => Note(runs, 5000))), Is.EqualTo(1));
        Assert.That((File.ReadAllText(runs), processor.Statistics.SlavesLost), Is.EqualTo(("x", 0)));
    }

    [Test]
    public void PPB_07_a_command_that_kills_its_slaves_is_tried_so_often_and_no_more()
    {
        var before = Shared.Statistics.SlavesLost;
        var poison = Shared.Submit(Die, new FutureOptions { MaxAttempts = 2 });
        var others = Enumerable.Range(0, 20).Select(i => Shared.Submit(() => i)).ToArray();
        Assert.That(FailureOf<SlaveLostException>(poison).Attempts, Has.Count.EqualTo(2));
        Assert.That(others.Select(ValueOf), Is.EqualTo(Enumerable.Range(0, 20)));
        Assert.That(Shared.Statistics.SlavesLost - before, Is.EqualTo(2));
    }

    [Test]
    public void PPB_08_there_is_no_common_secret_and_what_a_slave_starts_does_not_learn_its_own()
    {
        Assert.That(ValueOf(Shared.Submit(() => string.Join(' ', Environment.GetEnvironmentVariables().Keys.Cast<string>()))), Does.Not.Contain("HPCRUNTIME_SLAVE").And.Not.Contain("DOTNET_STARTUP_HOOKS"));
        var listening = ValueOf(Shared.Submit(() => Environment.ProcessId));
        Assert.That(Directory.GetFiles($"/proc/{listening}/fd").Select(LinkOf).Where(link => link.StartsWith("socket:", StringComparison.Ordinal)).Select(InodeOf).Intersect(ListeningInodes()), Is.Empty, "Nobody on the network can reach a slave.");
    }

    [Test]
    public void PPB_11_waiting_and_running_commands_take_no_descriptors_and_no_threads()
    {
        Shared.ExecuteOnEverySlave(new PidCommand()); // All are up: what they take of the master is not counted.
        var go = Path.Combine(Folder, "go");
        var held = Enumerable.Range(0, 2).Select(i => Shared.Submit(() => WaitForFile(go, i))).ToArray();
        var before = Descriptors();
        var many = Enumerable.Range(0, 1000).Select(i => Shared.Submit(() => i)).ToArray();
        Assert.That(Descriptors() - before, Is.LessThan(10));
        Assert.That(Process.GetCurrentProcess().Threads.Count, Is.LessThan(200));
        File.WriteAllText(go, string.Empty);
        Assert.That(many.Concat(held).Sum(ValueOf), Is.EqualTo(499_501));
    }

    [Test]
    public void PPB_12_slaves_that_are_too_many_end()
    {
        using var processor = Open(2);
        var pids = processor.ExecuteOnEverySlave(new PidCommand()).Values.ToArray();
        Assert.That(pids.Distinct().Count(), Is.EqualTo(2));
        processor.Resize(1);
        Assert.That(SpinWait.SpinUntil(() => pids.Count(IsAlive) == 1, TimeSpan.FromSeconds(20)), Is.True);
        processor.Dispose();
        Assert.That(SpinWait.SpinUntil(() => !pids.Any(IsAlive), TimeSpan.FromSeconds(20)), Is.True);
    }

    [Test]
    public void PPB_13_closures_local_functions_methods_and_generic_ones_travel()
    {
        var captured = 5;
        int Local(int x) => x + captured;
        Assert.That(ValueOf(Shared.Submit(() => Local(1))), Is.EqualTo(6));
        Assert.That(ValueOf(Shared.Submit(new Scale { Factor = 3 }.Apply)), Is.EqualTo(30), "A method that a base class wrote.");
        Assert.That(ValueOf(Shared.Submit(Default<DateTime>)), Is.EqualTo(default(DateTime)));
    }

    [Test]
    public void PPB_14_work_goes_to_whoever_is_idle()
    {
        var go = Path.Combine(Folder, "go");
        var held = Shared.Submit(slave => WaitForFile(go, slave.Rank));
        var ranks = Enumerable.Range(0, 20).Select(_ => Shared.Submit(slave => slave.Rank)).Select(ValueOf).Distinct().ToArray();
        Assert.That(ranks, Has.Length.EqualTo(1));
        File.WriteAllText(go, string.Empty);
        Assert.That(ValueOf(held), Is.Not.EqualTo(ranks[0]));
    }

    [Test]
    public void PPB_16_slaves_are_renewed_under_way_without_a_standstill()
    {
        using var processor = Open(2, null, ("recycle-after", "5"));
        Assert.That(Enumerable.Range(0, 30).Select(i => processor.Submit(() => i)).ToArray().Sum(ValueOf), Is.EqualTo(435));
        Assert.That(processor.Statistics.Slaves.Sum(slave => slave.Restarts), Is.GreaterThan(0));
    }

    [Test]
    public void PPB_17_what_was_missing_is_there()
    {
        using var source = new CancellationTokenSource();
        var go = Path.Combine(Folder, "go");
        using var processor = Open(1);
        var first = processor.Submit(() => WaitForFile(go, 1));
        var low = processor.Submit(() => Stopwatch.GetTimestamp(), new FutureOptions { Priority = -1 });
        var high = processor.Submit(() => Stopwatch.GetTimestamp(), new FutureOptions { Priority = 1 });
        var after = processor.Submit(() => Stopwatch.GetTimestamp(), after: [low]);
        var unwanted = processor.Submit(() => 0, cancellation: source.Token);
        source.Cancel();
        FailureOf<OperationCanceledException>(unwanted);
        File.WriteAllText(go, string.Empty);
        Assert.That(ValueOf(first), Is.EqualTo(1));
        Assert.That(new[] { ValueOf(high), ValueOf(low), ValueOf(after) }, Is.Ordered, "Priorities, then what comes after.");
        FailureOf<CommandTimeoutException>(processor.Submit(slave => slave.Cancellation.WaitHandle.WaitOne(20_000), new FutureOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.That(processor.Stream(_ => Three()), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(processor.Statistics.Cancelled, Is.EqualTo(1), "And it is counted.");
    }

    [Test]
    public void PPB_18_output_is_what_each_command_wrote()
    {
        using var processor = Open(1);
        var commands = Enumerable.Range(0, 3).Select(i => processor.AddToQueue(new CallCommand(() => Say(i)))).ToArray();
        processor.RunQueue();
        Assert.That(commands.Select(command => command.Output.Out), Is.EqualTo(new[] { "says 0\n", "says 1\n", "says 2\n" }));
    }

    private static int Print()
    {
        using var child = Process.Start("echo", "from a child");
        child.WaitForExit();
        Console.Error.Write(new string('e', 200_000));
        return 200_000;
    }

    private static int Say(int i)
    {
        Console.WriteLine($"says {i}");
        return i;
    }

    private static int Note(string file, int milliseconds = 0)
    {
        File.AppendAllText(file, "x");
        Thread.Sleep(milliseconds);
        return 1;
    }

    private static T? Default<T>() => default;

    private static async IAsyncEnumerable<int> Three()
    {
        for (var i = 1; i <= 3; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It has ended, perhaps just now.
        }
    }

    private static string LinkOf(string path) => new FileInfo(path).LinkTarget ?? string.Empty;

    private static string InodeOf(string link) => link["socket:[".Length..^1];

    private static IEnumerable<string> ListeningInodes() => new[] { "/proc/net/tcp", "/proc/net/tcp6" }.Where(File.Exists).SelectMany(File.ReadLines)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 9 && words[3] == "0A").Select(words => words[9].ToString(CultureInfo.InvariantCulture));

    /// <summary>Calls a function.</summary>
    private sealed class CallCommand(Func<int> function) : SlaveCommand<int>
    {
        public override int Run(ISlaveContext slave) => function();
    }

    private sealed class NoteCommand(string file) : SlaveCommand<int>
    {
        public override int Run(ISlaveContext slave) => Note(file);
    }

    private sealed class PrintCommand : SlaveCommand<int>
    {
        public override int Run(ISlaveContext slave) => Print();
    }

    private sealed class PidCommand : SlaveCommand<int>
    {
        public override int Run(ISlaveContext slave) => Environment.ProcessId;
    }

    private abstract class Factor10
    {
        internal int Factor { get; set; }

        public int Apply() => 10 * Factor;
    }

    private sealed class Scale : Factor10;
}
