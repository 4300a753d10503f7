using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>What slaves print, whoever writes it: managed code, native code, child processes.</summary>
[Platform("Linux")]
[NonParallelizable]
[TestFixture("shm")]
[TestFixture("socket")]
public sealed class ProcessOutputTests(string transport)
{
    private const int Commands = 1000;

    [Test]
    public void Lines_of_a_thousand_commands_are_whole_attributed_and_in_order_whoever_writes_them()
    {
        using var shown = new MemoryStream();
        using var processor = Open(4, shown);
        var commands = Enumerable.Range(0, Commands).Select(i => processor.AddToQueue(new MixedWriterCommand(i))).ToArray();
        processor.RunQueue();
        Assert.That(commands.Select(command => command.Output.Out), Is.EqualTo(Enumerable.Range(0, Commands).Select(i => string.Concat(Lines(i).Select(line => line + "\n")))), "Kept with each command.");
        Assert.That(commands.Select(command => command.Output.ErrorLength), Is.All.Zero);
        Assert.That(processor.Statistics.Slaves.Count(slave => slave.Alive), Is.EqualTo(4));

        var lines = Encoding.UTF8.GetString(shown.ToArray()).TrimEnd('\n').Split('\n');
        Assert.That(lines.Length, Is.EqualTo(Commands * 10), "Shown.");
        foreach (var group in lines.GroupBy(line => line[..line.IndexOf('.', StringComparison.Ordinal)]))
        {
            Assert.That(group, Is.EqualTo(Lines(int.Parse(group.Key, CultureInfo.InvariantCulture))), "Shown whole and in order.");
        }
    }

    [Test]
    public void One_byte_of_the_shortest_command_is_its_own()
    {
        // Between commands that print nothing, of which the capture need not ask how long the files have become.
        using var processor = Open(1, Stream.Null);
        var commands = Enumerable.Range(0, 30_000).Select(i => processor.AddToQueue(new ByteCommand(i % 5 is 1 or 2 ? i % 5 : 0))).ToArray();
        processor.RunQueue();
        Assert.That(commands.Select(command => (command.Output.OutLength, command.Output.ErrorLength)), Is.EqualTo(Enumerable.Range(0, 30_000).Select(i => (i % 5 == 1 ? 1L : 0L, i % 5 == 2 ? 1L : 0L))));
    }

    [TestCase(Writer.Managed)]
    [TestCase(Writer.NativeCall)]
    [TestCase(Writer.NativeFormat)]
    [TestCase(Writer.ChildProcess)]
    public void A_line_is_at_the_master_while_its_command_waits_for_the_answer(Writer writer)
    {
        const int lines = 11;
        var folder = Directory.CreateTempSubdirectory("answered-").FullName;
        try
        {
            using var answers = new AnsweringStream();
            using var processor = Open(2, answers);
            var name = Path.Combine(folder, "line");
            processor.AddToQueue(new AnsweredWriterCommand(name, writer, lines), options: new CommandOptions { Timeout = TimeSpan.FromSeconds(30) });
            processor.RunQueue();
            var delays = answers.Delays.Order().ToArray();
            TestContext.Out.WriteLine($"delays in ms: {string.Join(' ', delays.Select(delay => delay.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture)))}");
            Assert.That(delays, Has.Length.EqualTo(lines));
            Assert.That(delays[2], Is.LessThan(TimeSpan.FromMilliseconds(500)), "200 ms are promised on a machine that has time, and it has now and then.");
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static IEnumerable<string> Lines(int command) => Enumerable.Range(0, 10).Select(line => $"{command}.{line}");

    private Processor Open(int slaves, Stream shown) =>
        Processor.Load("process", new ProcessorOptions { Slaves = slaves, StandardOutput = shown, StandardError = Stream.Null, Prefix = OutputPrefix.None, Settings = new Dictionary<string, string> { ["process.transport"] = transport } });

    /// <summary>Makes the file that a printed line asks for.</summary>
    private sealed class AnsweringStream : MemoryStream
    {
        private int _read;

        internal List<TimeSpan> Delays { get; } = [];

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);

        public override void Write(byte[] buffer, int offset, int count)
        {
            var now = Stopwatch.GetTimestamp();
            base.Write(buffer, offset, count);
            var text = Encoding.UTF8.GetString(GetBuffer(), 0, (int)Length);
            while (text.IndexOf('\n', _read) is >= 0 and var end)
            {
                var words = text[_read..end].Split(' ');
                _read = end + 1;
                Delays.Add(Stopwatch.GetElapsedTime(long.Parse(words[2], CultureInfo.InvariantCulture), now));
                File.WriteAllText($"{words[0]}.{words[1]}", string.Empty);
            }
        }
    }
}
