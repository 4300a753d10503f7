using System;
using System.IO;
using System.Text;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class ProgressReporterTests
{
    private static readonly WorkProgress Half = new(2, false, 1, 0, 0, 1, TimeSpan.Zero);
    private readonly StringBuilder _text = new();

    [SetUp]
    public void Forget() => _text.Clear();

    [Test]
    public void Where_there_is_no_terminal_it_writes_plain_lines_every_few_seconds()
    {
        Assert.That(ProgressReporter.Period(live: false), Is.EqualTo(TimeSpan.FromSeconds(5)));
        using (var reporter = Open(live: false))
        {
            reporter.Report(Half);
            reporter.Report(Half);
        }

        Assert.That(_text.ToString(), Is.EqualTo("1 of 2 commands done\n1 of 2 commands done\n"));
    }

    [Test]
    public void On_a_terminal_it_redraws_one_line_and_takes_it_away_at_the_end()
    {
        using (var reporter = Open(live: true))
        {
            reporter.Report(Half);
            reporter.Report(Half);
        }

        var away = "\r" + new string(' ', "1 of 2 commands done".Length) + "\r";
        Assert.That(_text.ToString(), Is.EqualTo("1 of 2 commands done" + away + "1 of 2 commands done" + away));
    }

    [Test]
    public void A_word_after_the_end_tells_nothing()
    {
        var reporter = Open(live: false);
        reporter.Dispose();

        reporter.Report(Half);

        Assert.That(_text.ToString(), Is.Empty);
    }

    private ProgressReporter Open(bool live) => new(new LiveLine(new StringWriter(_text) { NewLine = "\n" }), live);
}
