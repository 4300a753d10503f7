using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Output;
using NUnit.Framework;

namespace HpcRuntime.Tests.Output;

public sealed class ConsoleCaptureTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Test]
    public void What_a_command_prints_is_its_own_and_the_two_streams_are_apart()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(1000);
        Console.WriteLine("to out");
        Console.Error.Write("to error");
        output.End();
        Assert.That(Drain.Text(output), Is.EqualTo("to out\n"));
        Assert.That(Drain.Text(output, OutputStream.Error), Is.EqualTo("to error"));
        Assert.That(output.HasPending, Is.False);
    }

    [Test]
    public void A_command_that_prints_nothing_has_nothing_to_take()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(1000);
        output.End();
        Assert.That(output.HasPending || output.Flooded, Is.False);
        Assert.That(output.Take(OutputStream.Out, new byte[4096]), Is.Zero);
    }

    [Test]
    public void A_command_that_prints_nothing_costs_at_most_200_bytes()
    {
        const int Commands = 10_000;
        long bytes = 0;
        var slave = new Thread(() =>
        {
            using var capture = new ConsoleCapture();
            capture.Begin(1000).End();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Commands; i++)
            {
                capture.Begin(1000).End();
            }

            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        });

        // Without the test runner's own AsyncLocals, which each change of a flow copies.
        slave.UnsafeStart();
        Assert.That(slave.Join(Deadline));
        Assert.That(bytes / Commands, Is.LessThanOrEqualTo(200));
    }

    [Test]
    public void Eight_slaves_with_tasks_of_their_own_get_each_their_ten_thousand_lines()
    {
        var texts = new string[8];
        var threads = Enumerable.Range(0, texts.Length).Select(slave => new Thread(() =>
        {
            using var capture = new ConsoleCapture();
            var output = capture.Begin(long.MaxValue);
            var all = new MemoryStream();
            output.PendingHigh = () => Drain.Into(output, OutputStream.Out, all);
            var tasks = Enumerable.Range(0, 4).Select(task => Task.Run(() =>
            {
                for (var i = 0; i < 2500; i++)
                {
                    Console.WriteLine("{0}/{1}/{2}", slave, task, i);
                }
            })).ToArray();
            Task.WaitAll(tasks);
            output.End();
            Drain.Into(output, OutputStream.Out, all);
            texts[slave] = Encoding.UTF8.GetString(all.ToArray());
        })).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.That(threads.All(thread => thread.Join(Deadline)), "all slaves end");

        for (var slave = 0; slave < texts.Length; slave++)
        {
            var lines = texts[slave].Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var expected = from task in Enumerable.Range(0, 4) from i in Enumerable.Range(0, 2500) select $"{slave}/{task}/{i}";
            Assert.That(lines.Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));
            var ofOneTask = lines.Where(line => line.StartsWith($"{slave}/3/", StringComparison.Ordinal));
            Assert.That(ofOneTask, Is.EqualTo(Enumerable.Range(0, 2500).Select(i => $"{slave}/3/{i}")), "in order");
        }
    }

    [Test]
    public void A_thread_and_a_timer_of_a_command_print_into_it()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(1000);
        var thread = new Thread(() => Console.Write("thread "));
        thread.Start();
        thread.Join();
        using var ticked = new ManualResetEventSlim();
        using var timer = new Timer(_ =>
        {
            Console.Write("timer");
            ticked.Set();
        });
        timer.Change(0, Timeout.Infinite);
        Assert.That(ticked.Wait(Deadline));
        output.End();
        Assert.That(Drain.Text(output), Is.EqualTo("thread timer"));
    }

    [Test]
    public void A_surrogate_pair_split_over_two_writes_arrives_whole()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(1000);
        Console.Write("a\uD83D");
        Console.Write("\uDE00b");
        Console.Write('\uD83D');
        Console.Write('\uDE01');
        Console.Write("\uD83D");
        Console.Write("x");
        Console.Write("\uDE00");
        Console.Write("\uD83D");
        output.End();
        Assert.That(Drain.Text(output), Is.EqualTo("a😀b😁\uFFFDx\uFFFD\uFFFD"));
    }

    [Test]
    public void A_surrogate_pair_across_the_pieces_of_a_long_text_arrives_whole()
    {
        using var capture = new ConsoleCapture();
        var text = string.Concat(Enumerable.Repeat("x😀", 20_000));
        var output = capture.Begin(long.MaxValue);
        Console.WriteLine(text);
        output.End();
        Assert.That(Drain.Text(output), Is.EqualTo(text + "\n"));
    }

    [Test]
    public void A_task_that_outlives_its_command_prints_into_the_leftover_of_its_slave()
    {
        using var capture = new ConsoleCapture();
        using var go = new ManualResetEventSlim();
        var first = capture.Begin(1000);
        var late = Task.Run(() =>
        {
            go.Wait(Deadline);
            Console.WriteLine("late");
        });
        first.End();
        var second = capture.Begin(1000);
        Console.WriteLine("second");
        go.Set();
        Assert.That(late.Wait(Deadline));
        second.End();
        Assert.That(Drain.Text(first), Is.Empty);
        Assert.That(Drain.Text(second), Is.EqualTo("second\n"));
        Assert.That(Drain.Text(capture.Leftover), Is.EqualTo("late\n"));
    }

    [Test]
    public void After_the_end_the_thread_prints_where_it_did_before()
    {
        var before = Console.Out;
        using var mine = new StringWriter();
        Console.SetOut(mine);
        try
        {
            using var capture = new ConsoleCapture();
            Console.Write("1 ");
            var output = capture.Begin(1000);
            Console.Write("2 ");
            output.End();
            Console.Write("3");
            Assert.That(mine.ToString(), Is.EqualTo("1 3"));
            Assert.That(Drain.Text(output), Is.EqualTo("2 "));
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    [Test]
    public void A_writer_swapped_in_by_a_program_is_routed_at_the_next_begin_and_swapping_back_stacks_nothing()
    {
        using var capture = new ConsoleCapture();
        capture.Begin(10).End();
        var routed = Console.Out;
        using var mine = new StringWriter();
        Console.SetOut(mine);
        var output = capture.Begin(1000);
        Console.Write("caught");
        output.End();
        Console.Write("shown");
        Console.SetOut(routed);
        capture.Begin(10).End();
        Assert.That(Console.Out, Is.SameAs(routed));
        Assert.That(Drain.Text(output), Is.EqualTo("caught"));
        Assert.That(mine.ToString(), Is.EqualTo("shown"));
    }

    [Test]
    public void Once_the_capture_is_disposed_late_flows_print_where_the_program_does()
    {
        var before = Console.Out;
        using var mine = new StringWriter();
        Console.SetOut(mine);
        try
        {
            var capture = new ConsoleCapture();
            var output = capture.Begin(1000);
            var flow = ExecutionContext.Capture()!;
            output.End();
            capture.Dispose();
            ExecutionContext.Run(flow, _ => Console.WriteLine("late"), null);
            Assert.That(mine.ToString(), Is.EqualTo("late" + mine.NewLine));
            Assert.That(() => capture.Begin(1000), Throws.TypeOf<ObjectDisposedException>());
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    /// <summary>A log, say, that got hold of the console before the capture came. On Unix the stream of the console locks Console.Out in each write; the stream here does so whatever the system.</summary>
    [Test]
    public void One_who_writes_to_the_writer_of_before_and_one_who_writes_to_the_console_do_not_wait_for_each_other()
    {
        var original = Console.Out;
        using var waiting = new ManualResetEventSlim();
        using var stream = new LockingStream(waiting);
        Console.SetOut(new StreamWriter(stream) { AutoFlush = true });
        try
        {
            var before = Console.Out;
            using var capture = new ConsoleCapture();
            capture.Begin(1000).End(); // It is in place from now on.
            Assert.That(Console.Out, Is.Not.SameAs(before));
            var direct = new Thread(() => before.WriteLine("direct")) { IsBackground = true };
            var routed = new Thread(() => Console.WriteLine("routed")) { IsBackground = true };
            direct.UnsafeStart();
            Assert.That(stream.Entered.Wait(Deadline), "It holds the writer of before.");
            routed.UnsafeStart();
            Assert.That(SpinWait.SpinUntil(() => routed.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Deadline), "It waits for the writer of before.");
            waiting.Set();

            Assert.That((direct.Join(Deadline), routed.Join(Deadline)), Is.EqualTo((true, true)));
            Assert.That(Encoding.UTF8.GetString(stream.ToArray()).Split(Environment.NewLine), Is.EqualTo(new[] { "direct", "routed", string.Empty }));
        }
        finally
        {
            Console.SetOut(original);
        }
    }

    [Test]
    public void A_command_leaves_no_culture_to_the_next()
    {
        using var capture = new ConsoleCapture();
        var culture = CultureInfo.CurrentCulture;
        var output = capture.Begin(1000);
        CultureInfo.CurrentCulture = (CultureInfo)culture.Clone();
        CultureInfo.CurrentCulture.NumberFormat.NumberDecimalSeparator = ",";
        Console.Write(1.5);
        output.End();
        Assert.That(Drain.Text(output), Is.EqualTo("1,5"));
        Assert.That(CultureInfo.CurrentCulture, Is.SameAs(culture));
    }

    [Test]
    public void A_command_is_ended_on_its_own_thread_only()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(1000);
        Exception? thrown = null;
        var other = new Thread(() => thrown = Assert.Catch(output.End));
        other.Start();
        other.Join();
        output.End();
        Assert.That(thrown, Is.TypeOf<InvalidOperationException>());
    }

    [Test]
    public async Task Every_way_to_write_gives_the_same_bytes_as_a_plain_writer()
    {
        using var expected = new StringWriter(CultureInfo.CurrentCulture) { NewLine = "\n" };
        await WriteAll(expected).ConfigureAwait(false);
        using var capture = new ConsoleCapture();
        var output = capture.Begin(100_000);
        var writing = WriteAll(Console.Out);
        output.End();
        await writing.ConfigureAwait(false);
        Assert.That(Drain.Text(output), Is.EqualTo(expected.ToString()));
    }

    private static async Task WriteAll(TextWriter writer)
    {
        // CA1849, CA1835: every overload is wanted here.
#pragma warning disable CA1849, CA1835
        writer.Write('c');
        writer.Write("chars".ToCharArray());
        writer.Write("chars".ToCharArray(), 1, 3);
        writer.Write("span".AsSpan());
        writer.Write("string");
        writer.Write((string?)null);
        writer.Write(new StringBuilder("builder"));
        writer.Write(true);
        writer.Write(-1);
        writer.Write(2u);
        writer.Write(3L);
        writer.Write(4ul);
        writer.Write(0.1f);
        writer.Write(0.1);
        writer.Write(0.1m);
        writer.Write((object)"object");
        writer.Write("{0}-{1}-{2}", 1, "two", 3.0);
        writer.WriteLine();
        writer.WriteLine('c');
        writer.WriteLine("chars".ToCharArray());
        writer.WriteLine("chars".ToCharArray(), 1, 3);
        writer.WriteLine("span".AsSpan());
        writer.WriteLine("string");
        writer.WriteLine((string?)null);
        writer.WriteLine(new StringBuilder("builder"));
        writer.WriteLine(false);
        writer.WriteLine(-1);
        writer.WriteLine(2u);
        writer.WriteLine(3L);
        writer.WriteLine(4ul);
        writer.WriteLine(0.1f);
        writer.WriteLine(0.1);
        writer.WriteLine(0.1m);
        writer.WriteLine((object)4.5);
        writer.WriteLine("{0}-{1}-{2}-{3}", 1, "two", 3.0, 'f');
        await writer.WriteAsync('c').ConfigureAwait(false);
        await writer.WriteAsync("string").ConfigureAwait(false);
        await writer.WriteAsync("chars".ToCharArray(), 1, 3).ConfigureAwait(false);
        await writer.WriteAsync("memory".AsMemory()).ConfigureAwait(false);
        await writer.WriteAsync(new StringBuilder("builder")).ConfigureAwait(false);
        await writer.WriteLineAsync().ConfigureAwait(false);
        await writer.WriteLineAsync('c').ConfigureAwait(false);
        await writer.WriteLineAsync("string").ConfigureAwait(false);
        await writer.WriteLineAsync("chars".ToCharArray(), 1, 3).ConfigureAwait(false);
        await writer.WriteLineAsync("memory".AsMemory()).ConfigureAwait(false);
        await writer.WriteLineAsync(new StringBuilder("builder")).ConfigureAwait(false);
        await writer.FlushAsync().ConfigureAwait(false);
        writer.Flush();
#pragma warning restore CA1849, CA1835
    }

    /// <summary>Locks Console.Out for each write, the first after it was told to go on.</summary>
    private sealed class LockingStream(ManualResetEventSlim goOn) : MemoryStream
    {
        internal ManualResetEventSlim Entered { get; } = new();

        /// <summary>All other writes of a derived stream lead here.</summary>
        public override void Write(byte[] buffer, int offset, int count)
        {
            Entered.Set();
            goOn.Wait();
            lock (Console.Out)
            {
                base.Write(buffer, offset, count);
            }
        }

        protected override void Dispose(bool disposing)
        {
            Entered.Dispose();
            base.Dispose(disposing);
        }
    }
}
