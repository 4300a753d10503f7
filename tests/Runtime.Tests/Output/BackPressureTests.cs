using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using HpcRuntime.Output;
using NUnit.Framework;

namespace HpcRuntime.Tests.Output;

public sealed class BackPressureTests
{
    private const int Full = 4 * 1024 * 1024;
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly string Line = new('x', 1023);

    [Test]
    public void Beyond_the_limit_the_rest_is_dropped_and_told_once()
    {
        using var capture = new ConsoleCapture();
        var told = 0;
        var output = capture.Begin(10);
        output.PendingHigh = () => told++;
        Console.Write("1234");
        Console.Error.Write("5678");
        Assert.That(output.Flooded, Is.False);
        Console.WriteLine("9abc");
        Console.Error.WriteLine("more");
        output.End();
        Assert.That(output.Flooded);
        Assert.That(told, Is.EqualTo(1));
        Assert.That(Drain.Text(output) + "|" + Drain.Text(output, OutputStream.Error), Is.EqualTo("12349a|5678"));
    }

    [Test]
    public void Output_of_exactly_the_limit_is_no_flood()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(5);
        Console.WriteLine("1234");
        output.End();
        Assert.That(output.Flooded, Is.False);
        Assert.That(Drain.Text(output), Is.EqualTo("1234\n"));
    }

    [Test]
    public void Ten_megabytes_pass_a_consumer_on_the_printing_thread_with_little_pending()
    {
        using var capture = new ConsoleCapture();
        long taken = 0;
        var most = 0;
        var output = capture.Begin(long.MaxValue);
        output.PendingHigh = () =>
        {
            var part = Drain.Bytes(output).Length;
            most = Math.Max(most, part);
            taken += part;
        };
        for (var i = 0; i < 10 * 1024; i++)
        {
            Console.WriteLine(Line);
        }

        output.End();
        Assert.That(taken + Drain.Bytes(output).Length, Is.EqualTo(10 * 1024 * 1024));
        Assert.That(most, Is.LessThanOrEqualTo(128 * 1024));
    }

    [Test]
    public void One_write_of_ten_megabytes_passes_in_pieces_and_whole()
    {
        using var capture = new ConsoleCapture();
        var text = string.Concat(Enumerable.Range(0, 1_500_000).Select(i => $"{i:d6}\n"));
        using var all = new MemoryStream();
        var most = 0L;
        var output = capture.Begin(long.MaxValue);
        output.PendingHigh = () =>
        {
            var before = all.Length;
            Drain.Into(output, OutputStream.Out, all);
            most = Math.Max(most, all.Length - before);
        };
        Console.Write(text);
        output.End();
        Drain.Into(output, OutputStream.Out, all);
        Assert.That(Encoding.UTF8.GetString(all.ToArray()), Is.EqualTo(text));
        Assert.That(most, Is.LessThanOrEqualTo(128 * 1024));
    }

    [Test]
    public void A_writer_waits_at_four_megabytes_and_goes_on_when_some_are_taken()
    {
        using var capture = new ConsoleCapture();
        using var full = new ManualResetEventSlim();
        using var done = new ManualResetEventSlim();
        ICommandOutput? output = null;
        var highs = 0;
        var slave = new Thread(() =>
        {
            output = capture.Begin(long.MaxValue);
            output.PendingHigh = () =>
            {
                // The last call before the writer waits is the one at the 64th multiple of 64 KiB.
                if (++highs == 64)
                {
                    full.Set();
                }
            };
            for (var i = 0; i < 6 * 1024; i++)
            {
                Console.WriteLine(Line);
            }

            output.End();
            done.Set();
        });
        slave.Start();
        Assert.That(full.Wait(Deadline), "the writer comes to 4 MiB");
        Assert.That(SpinWait.SpinUntil(() => (slave.ThreadState & ThreadState.WaitSleepJoin) != 0, Deadline), "the writer waits");
        Assert.That(done.IsSet, Is.False);

        // The console is free meanwhile: nobody waits behind the writer that waits.
        var other = new Thread(() => Console.Write(string.Empty));
        other.Start();
        Assert.That(other.Join(Deadline), "others print");

        long taken = 0;
        var part = new byte[64 * 1024];
        while (!done.IsSet || output!.HasPending)
        {
            taken += output!.Take(OutputStream.Out, part);
        }

        Assert.That(taken, Is.EqualTo(6 * 1024 * 1024));
        Assert.That(slave.Join(Deadline));
    }

    [Test]
    public void A_waiting_writer_gives_up_when_its_command_ends_and_prints_the_rest_into_the_leftover()
    {
        using var capture = new ConsoleCapture();
        using var near = new ManualResetEventSlim();
        var output = capture.Begin(long.MaxValue);
        var highs = 0;
        output.PendingHigh = () =>
        {
            if (++highs == 64)
            {
                near.Set();
            }
        };
        var late = new Thread(() =>
        {
            for (var i = 0; i < 5 * 1024; i++)
            {
                Console.WriteLine(Line);
            }
        });
        late.Start();
        Assert.That(near.Wait(Deadline));
        Assert.That(SpinWait.SpinUntil(() => (late.ThreadState & ThreadState.WaitSleepJoin) != 0, Deadline), "the writer waits");
        output.End();
        Assert.That(late.Join(Deadline), "the writer goes on");
        Assert.That(Drain.Bytes(output), Has.Length.EqualTo(Full));
        Assert.That(Drain.Bytes(capture.Leftover), Has.Length.EqualTo(1024 * 1024));
    }

    [Test]
    public void The_leftover_drops_what_nobody_takes_and_says_so()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(long.MaxValue);
        var flow = ExecutionContext.Capture()!;
        output.End();
        ExecutionContext.Run(flow, _ => Console.Write(new string('y', Full + 10)), null);
        Assert.That(capture.Leftover.Flooded);
        Assert.That(Drain.Bytes(capture.Leftover), Has.Length.EqualTo(Full));
        ExecutionContext.Run(flow, _ => Console.Write("again"), null);
        Assert.That(Drain.Text(capture.Leftover), Is.EqualTo("again"));
    }

    [Test]
    public void Several_threads_of_one_command_pass_under_pressure_without_torn_lines()
    {
        using var capture = new ConsoleCapture();
        using var all = new MemoryStream();
        var output = capture.Begin(long.MaxValue);
        output.PendingHigh = () => Drain.Into(output, OutputStream.Out, all);
        var threads = Enumerable.Range(0, 4).Select(writer => new Thread(() =>
        {
            // Longer than a piece, so that other writers could cut in.
            var line = new string((char)('a' + writer), 50_000);
            for (var i = 0; i < 50; i++)
            {
                Console.WriteLine(line);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.That(threads.All(thread => thread.Join(Deadline)));
        output.End();
        Drain.Into(output, OutputStream.Out, all);
        var lines = Encoding.UTF8.GetString(all.ToArray()).Split('\n')[..^1];
        Assert.That(lines, Has.Length.EqualTo(200));
        Assert.That(lines.All(line => line.Length == 50_000 && line.Distinct().Count() == 1));
    }

    [Test]
    public void A_consumer_may_print_while_the_writer_waits_for_him()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(long.MaxValue);
        var inside = 0;
        using var all = new MemoryStream();
        output.PendingHigh = () =>
        {
            Console.Error.WriteLine("shipping");
            Console.WriteLine("shipping");
            inside++;
            Drain.Into(output, OutputStream.Out, all);
        };
        for (var i = 0; i < 256; i++)
        {
            Console.WriteLine(Line);
        }

        output.End();
        Drain.Into(output, OutputStream.Out, all);
        Assert.That(inside, Is.GreaterThanOrEqualTo(3));
        Assert.That(all.Length, Is.EqualTo((256 * 1024) + (inside * 9)));
    }

    [Test]
    public void What_the_consumer_throws_reaches_the_print_and_leaves_the_capture_whole()
    {
        using var capture = new ConsoleCapture();
        var output = capture.Begin(long.MaxValue);
        output.PendingHigh = () => throw new IOException("the master has gone");
        Assert.That(() => Console.Write(new string('z', 300_000)), Throws.TypeOf<IOException>());
        output.PendingHigh = null;
        Console.Write("next");
        output.End();
        Assert.That(Drain.Text(output), Does.EndWith("zznext"));
    }
}
