using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using HpcRuntime.Output;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.Output;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LineMergerTests : IDisposable
{
    private readonly MemoryStream _terminal = new();

    public void Dispose() => _terminal.Dispose();

    [TestCase(2, "1  | a\n2  | b\n2 E| c\n")]
    [TestCase(9, "1  | a\n9  | b\n9 E| c\n")]
    [TestCase(10, " 1  | a\n10  | b\n10 E| c\n")]
    [TestCase(11, " 1  | a\n11  | b\n11 E| c\n")]
    [TestCase(100, "  1  | a\n100  | b\n100 E| c\n")]
    public void Lines_stand_behind_their_rank(int slaves, string expected)
    {
        using var merger = new LineMerger(_terminal, _terminal, prefix: true) { LargestRank = slaves };
        Write(merger, 1, 1, "a\n");
        Write(merger, slaves, 2, "b\n");
        Write(merger, slaves, 2, "c\n", OutputStream.Error);
        Assert.That(Shown, Is.EqualTo(expected));
    }

    [Test]
    public void Prefixes_widen_when_the_world_grows_and_never_narrow()
    {
        using var merger = new LineMerger(_terminal, _terminal, prefix: true) { LargestRank = 9 };
        Write(merger, 1, 1, "a\n");
        merger.LargestRank = 10;
        Write(merger, 1, 1, "b\n");
        merger.LargestRank = 3;
        Write(merger, 1, 1, "c\n");
        Assert.That(Shown, Is.EqualTo("1  | a\n 1  | b\n 1  | c\n"));
    }

    [Test]
    public void Half_a_line_waits_for_its_other_half_while_others_pass()
    {
        using var merger = new LineMerger(_terminal, _terminal);
        Write(merger, 1, 1, "one ha");
        Write(merger, 2, 2, "whole\nsecond ");
        Write(merger, 1, 1, "err\n", OutputStream.Error);
        Assert.That(Shown, Is.EqualTo("whole\nerr\n"));
        Write(merger, 1, 1, "lf\nand more\n");
        Write(merger, 2, 2, "half\n");
        Assert.That(Shown, Is.EqualTo("whole\nerr\none half\nand more\nsecond half\n"));
    }

    [Test]
    public void The_end_of_a_command_ends_its_open_line()
    {
        using var merger = new LineMerger(_terminal, _terminal);
        Write(merger, 1, 1, "no newline");
        Write(merger, 1, 1, string.Empty, last: true);
        Write(merger, 1, 2, "next", last: true);
        Write(merger, 1, 3, "both");
        Write(merger, 1, 3, "streams", OutputStream.Error);
        merger.End(1, 3);
        Write(merger, 1, 4, "complete\n", last: true);
        Assert.That(Shown, Is.EqualTo("no newline\nnext\nboth\nstreams\ncomplete\n"));
    }

    [Test]
    public void Disposing_shows_what_is_still_held_in_order_of_ranks()
    {
        var merger = new LineMerger(_terminal, _terminal, prefix: true) { LargestRank = 2 };
        Write(merger, 2, 1, "b");
        Write(merger, 1, 2, "a");
        merger.Dispose();
        Assert.That(Shown, Is.EqualTo("1  | a\n2  | b\n"));
    }

    [Test]
    public void The_same_command_on_two_ranks_is_two_texts()
    {
        using var merger = new LineMerger(_terminal, _terminal);
        Write(merger, 1, 7, "lost");
        Write(merger, 2, 7, "repeated\n");
        merger.End(1, 7);
        Assert.That(Shown, Is.EqualTo("repeated\nlost\n"));
    }

    [Test]
    public void Progress_text_with_carriage_returns_stays_one_line()
    {
        using var merger = new LineMerger(_terminal, _terminal, prefix: true);
        Write(merger, 1, 1, "10%\r20%\r");
        Write(merger, 1, 1, "30%\r\n");
        Assert.That(Shown, Is.EqualTo("1  | 10%\r20%\r30%\r\n"));
    }

    [Test]
    public void Empty_lines_are_lines()
    {
        using var merger = new LineMerger(_terminal, _terminal, prefix: true);
        Write(merger, 1, 1, "\n\na\n\n");
        Assert.That(Shown, Is.EqualTo("1  | \n1  | \n1  | a\n1  | \n"));
    }

    [Test]
    public void Complete_lines_go_out_in_one_write()
    {
        using var counting = new CountingStream();
        using var merger = new LineMerger(counting, counting, prefix: true);
        Write(merger, 1, 1, "half ");
        Write(merger, 1, 1, "line\nsecond\nthird\nfour");
        Assert.That(counting.Writes, Is.EqualTo(1));
    }

    [Test]
    public void A_long_line_stays_whole_while_there_is_room_and_goes_in_lines_of_its_own_when_there_is_none()
    {
        using var roomy = new LineMerger(_terminal, _terminal);
        var piece = new string('x', 100_000);
        for (var i = 0; i < 5; i++)
        {
            Write(roomy, 1, 1, piece);
        }

        Assert.That(Shown, Is.Empty);
        Write(roomy, 1, 1, "\n");
        Assert.That(Shown, Is.EqualTo(string.Concat(Enumerable.Repeat(piece, 5)) + "\n"));

        _terminal.SetLength(0);
        using var narrow = new LineMerger(_terminal, _terminal, false, null, 150_000);
        Write(narrow, 2, 2, "short");
        Write(narrow, 1, 1, piece);
        Write(narrow, 1, 1, piece);
        Assert.That(Shown, Is.EqualTo(piece + piece + "\n"));
        Write(narrow, 1, 1, "rest\n");
        Write(narrow, 2, 2, " line\n");
        Assert.That(Shown, Is.EqualTo(piece + piece + "\nrest\nshort line\n"));
    }

    [Test]
    public void A_broken_pipe_is_told_once_and_the_other_stream_goes_on()
    {
        using var broken = new BrokenStream();
        var told = new List<(OutputStream Stream, Exception Error)>();
        using var merger = new LineMerger(broken, _terminal, false, (stream, error) => told.Add((stream, error)));
        Write(merger, 1, 1, "held");
        Write(merger, 2, 2, "shown\n");
        Write(merger, 2, 2, "more\n");
        Write(merger, 1, 1, " line\n");
        Write(merger, 2, 2, "error\n", OutputStream.Error);
        Assert.That(told.Select(entry => entry.Stream), Is.EqualTo(new[] { OutputStream.Out }));
        Assert.That(told[0].Error, Is.TypeOf<IOException>());
        Assert.That(merger.IsBroken(OutputStream.Out) && !merger.IsBroken(OutputStream.Error));
        Assert.That(Shown, Is.EqualTo("error\n"));
    }

    [Test]
    public void Whatever_the_cuts_and_the_order_every_shown_line_is_a_line_that_was_printed([Values(1, 2, 3, 4, 5)] int seed, [Values] bool prefix)
    {
        var random = new RandomStream(seed, 1, 0);
        using var merger = new LineMerger(_terminal, _terminal, prefix) { LargestRank = 12 };
        var expected = new List<string>();
        var texts = new List<(int Rank, OutputStream Stream, byte[] Bytes, int Position)>();
        for (var command = 0; command < 40; command++)
        {
            var lines = Enumerable.Range(0, random.Next(30)).Select(i => RandomLine(random, command, i)).ToList();
            var stream = command % 3 == 0 ? OutputStream.Error : OutputStream.Out;
            var rank = 1 + (command % 12);
            expected.AddRange(lines.Select(line => (prefix ? OutputFormat.Prefix(rank, 2, stream) : string.Empty) + line));

            // Every other command does not end its last line.
            texts.Add((rank, stream, Encoding.Latin1.GetBytes(string.Join('\n', lines) + (command % 2 == 0 && lines.Count > 0 ? "\n" : string.Empty)), 0));
        }

        var open = Enumerable.Range(0, texts.Count).ToList();
        while (open.Count > 0)
        {
            var index = random.Next(open.Count);
            var (rank, stream, bytes, position) = texts[open[index]];
            var count = Math.Min(bytes.Length - position, random.Next(40));
            var last = position + count == bytes.Length;
            merger.Write(rank, open[index], stream, bytes.AsSpan(position, count), last);
            texts[open[index]] = (rank, stream, bytes, position + count);
            if (last)
            {
                open.RemoveAt(index);
            }
        }

        var shown = Encoding.Latin1.GetString(_terminal.ToArray());
        Assert.That(shown, Does.EndWith("\n"));
        Assert.That(shown.Split('\n')[..^1].Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)), $"seed {seed}");
    }

    [Test]
    public void Threads_that_write_at_once_tear_nothing()
    {
        using var merger = new LineMerger(_terminal, _terminal);
        var threads = Enumerable.Range(0, 4).Select(rank => new Thread(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                Write(merger, rank, rank, $"{rank} sa");
                Write(merger, rank, rank, $"ys {i}\n");
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        Assert.That(threads.All(thread => thread.Join(TimeSpan.FromSeconds(30))));
        var expected = from rank in Enumerable.Range(0, 4) from i in Enumerable.Range(0, 2000) select $"{rank} says {i}";
        Assert.That(Shown.Split('\n')[..^1].Order(StringComparer.Ordinal), Is.EqualTo(expected.Order(StringComparer.Ordinal)));
    }

    [Test]
    public void The_host_s_streams_are_kept_and_closing_one_closes_nothing()
    {
        Assert.That(HostStreams.Out, Is.SameAs(HostStreams.Out));
        Assert.That(HostStreams.Error, Is.Not.SameAs(HostStreams.Out));
        Assert.That(HostStreams.Error.CanWrite);
    }

    private string Shown => Encoding.UTF8.GetString(_terminal.ToArray());

    private static string RandomLine(RandomStream random, int command, int number)
    {
        // Any byte but a newline, so that binary garbage is among the lines.
        var garbage = new string(Enumerable.Range(0, random.Next(20)).Select(_ => (char)random.Next(256)).Where(c => c != '\n').ToArray());
        return $"{command}:{number}:{garbage}";
    }

    private static void Write(LineMerger merger, int rank, long command, string text, OutputStream stream = OutputStream.Out, bool last = false) =>
        merger.Write(rank, command, stream, Encoding.UTF8.GetBytes(text), last);

    private sealed class CountingStream : MemoryStream
    {
        public int Writes { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes++;
            base.Write(buffer);
        }
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("Broken pipe");
    }
}
