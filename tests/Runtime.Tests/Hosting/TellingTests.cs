using System;
using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;
using Serilog.Events;

namespace HpcRuntime.Tests.Hosting;

/// <summary>What the host tells: statistics, progress, the live line and the log.</summary>
internal sealed class TellingTests
{
    [Test]
    public void The_table_has_a_line_for_each_slave_and_the_totals()
    {
        var text = StatisticsTable.Render(new ProcessorStatistics(TimeSpan.FromSeconds(10), 100, 90, 4, 6, 2, 1, TimeSpan.FromMilliseconds(3),
        [
            new(1, "node-p12-t3", 60, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(2), 2048, 3 << 20, 77, TimeSpan.FromMilliseconds(4), true) { Attempts = 62, Restarts = 2 },
            new(2, "node[1]-p12-t4", 30, TimeSpan.Zero, TimeSpan.Zero, 12, 0, 5, TimeSpan.Zero, false),
        ]));
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();

        Assert.That(lines, Does.Contain("slave │ commands │ attempts │ restarts │ busy │ waiting │ use │ sent │ received │ messages │ queue wait".Replace(" │", string.Empty, StringComparison.Ordinal)));
        Assert.That(lines, Does.Contain("1 node-p12-t3 60 62 2 8.00 s 2.00 s 80.0 % 2.0 KiB 3.0 MiB 77 4.0 ms"));
        Assert.That(lines, Does.Contain("2 node[1]-p12-t4 (gone) 30 0 0 0 us 0 us - 12 B 0 B 5 0 us"));
        Assert.That(lines, Does.Contain("90 of 100 commands done, 4 failed, 6 cancelled, 2 repeated; 1 slaves lost"));
        Assert.That(lines, Does.Contain("10.00 s in all, 9 commands/s, mean queue wait 3.0 ms"));
        Assert.That(text, Does.Not.Contain("\x1b"));
    }

    [TestCase(0, 0, 0, 0, "0 of 0 commands done")]
    [TestCase(10, 100, 50, 0, "50 of 100 commands done, 5/s, 10 s left")]
    [TestCase(10, 100, 40, 10, "40 of 100 commands done, 10 failed, 5/s, 10 s left")]
    [TestCase(10, 100, 100, 0, "100 of 100 commands done, 10/s")]
    [TestCase(1000, 100000, 1000, 0, "1000 of 100000 commands done, 1/s, 28 h left")]
    public void The_line_says_how_much_is_done_how_fast_and_how_long_it_will_take(double seconds, long queued, long done, long failed, string expected)
    {
        Assert.That(ProgressReporter.Describe(new WorkProgress(queued, false, done, failed, 0, 0, TimeSpan.FromSeconds(seconds))), Is.EqualTo(expected));
    }

    [Test]
    public void The_live_line_is_taken_away_before_anything_else_is_written()
    {
        var text = new StringBuilder();
        var line = new LiveLine(new StringWriter(text) { NewLine = "\n" });

        line.Show("12 of 34");
        line.WriteLine("a message");
        line.Show("13 of 34");
        line.Show(string.Empty);

        Assert.That(text.ToString(), Is.EqualTo("12 of 34\r        \ra message\n13 of 34\r        \r"));
    }

    [Test]
    public void While_there_is_a_live_line_the_program_writes_around_it_and_half_a_line_keeps_it_away()
    {
        var text = new StringBuilder();
        var line = new LiveLine(new StringWriter(text));
        using var console = new MemoryStream();
        using var stream = new LiveLineStream(line, console);
        using var writer = LiveLineStream.Writer(stream);

        line.Show("12 of 34");
        writer.Write("half");
        var afterHalf = LiveLineStream.AtLineStart;
        writer.Write(" and half\n");

        Assert.That(text.ToString(), Is.EqualTo("12 of 34\r        \r"));
        Assert.That(Encoding.UTF8.GetString(console.ToArray()), Is.EqualTo("half and half\n"));
        Assert.That((afterHalf, LiveLineStream.AtLineStart), Is.EqualTo((false, true)));
    }

    [TestCase("quiet", "Error Hosting:-")]
    [TestCase("normal", "Warning Error Hosting:Information")]
    [TestCase("verbose", "Information Warning Error Hosting:Information")]
    [TestCase("debug", "Debug Information Warning Error Hosting:Information")]
    public void The_verbosity_decides_what_comes_out_on_standard_error(string verbosity, string expected)
    {
        var text = new StringBuilder();
        using var log = new HostLog(new LiveLine(new StringWriter(text)), OptionValues.Choice<Verbosity>(new GivenValue(verbosity, "--verbosity")), null);

        LogEventLevel[] levels = [LogEventLevel.Debug, LogEventLevel.Information, LogEventLevel.Warning, LogEventLevel.Error];
        foreach (var level in levels)
        {
            log.Logger.Write(level, "level {Level:l} ends", level.ToString());
        }

        log.Hosting.Information("seen by the user");
        var told = levels.Where(level => text.ToString().Contains($"level {level} ends", StringComparison.Ordinal));

        Assert.That(string.Join(' ', told) + " Hosting:" + (text.ToString().Contains("seen by", StringComparison.Ordinal) ? "Information" : "-"), Is.EqualTo(expected));
    }

    [Test]
    public void The_log_file_has_rank_host_and_process_and_what_was_reported()
    {
        var file = Path.GetTempFileName();
        try
        {
            var text = new StringBuilder();
            using (var log = new HostLog(new LiveLine(new StringWriter(text)), Verbosity.Quiet, new GivenValue(file, "--log-file")))
            {
                log.Logger.Information("a {Thing:l}", "detail");
                log.Logger.ForContext("Rank", 3).Warning("from a slave");
                log.Report("error: it broke");
            }

            Assert.That(File.ReadAllText(file), Does.Contain($"rank 0 {Environment.MachineName}:{Environment.ProcessId}] a detail").And.Contain("rank 3 ").And.Contain("error: it broke"));
            Assert.That(text.ToString().Trim(), Is.EqualTo("error: it broke"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void A_log_file_that_cannot_be_written_is_bad_usage()
    {
        Assert.That(() => new HostLog(new LiveLine(TextWriter.Null), Verbosity.Normal, new GivenValue("/no/such/folder/x.log", "--log-file")),
            Throws.TypeOf<UsageException>().With.Message.StartsWith("--log-file /no/such/folder/x.log: cannot be written"));
    }
}
