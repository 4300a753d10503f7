using System;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;
using Serilog.Events;

namespace HpcRuntime.Tests.Processing;

public sealed class SlaveLogTests
{
    [Test]
    public void Events_wait_in_order_and_rendered()
    {
        var log = new SlaveLog();
        log.Logger.Warning("{Count} samples of {Name:l}", 2.5, "glass");
        log.Logger.Error(new InvalidOperationException("boom"), "gone");
        Assert.That(log.TryTake(out var first) && log.TryTake(out var second) && (second.Level, second.Text) == (LogEventLevel.Error, "gone") && second.Error!.Contains("boom", StringComparison.Ordinal), Is.True);
        Assert.That(first, Is.EqualTo(new SlaveLogLine(LogEventLevel.Warning, "2.5 samples of glass", null)));
        Assert.That(log.TryTake(out _), Is.False);
    }

    [Test]
    public void Events_below_the_level_that_the_master_asked_for_stay_here()
    {
        var log = new SlaveLog();
        log.Logger.Information("not before it asks");
        log.MinimumLevel = LogEventLevel.Debug;
        log.Logger.Debug("now");
        log.Logger.Verbose("never");
        Assert.That(log.TryTake(out var line) && line.Text == "now", Is.True);
        Assert.That(log.TryTake(out _), Is.False);
    }

    [TestCase(null)]
    [TestCase("System.Exception: why\n   at here")]
    public void A_line_travels(string? error)
    {
        var line = new SlaveLogLine(LogEventLevel.Fatal, "text with ümläuts", error);
        var writer = new WireWriter(new SentTypes());
        line.Write(writer);
        var bytes = writer.WrittenSpan.ToArray();
        var reader = new WireReader(new ReceivedTypes(WireTypePolicy.ForApplication(), "rank 1"));
        reader.Reset(bytes, 0, bytes.Length, WireBlockSource.None);
        Assert.That((SlaveLogLine.Read(reader), reader.Remaining), Is.EqualTo((line, 0)));
    }
}
