using System;
using System.Globalization;
using System.IO;
using HpcRuntime.Processing;
using Spectre.Console;

namespace HpcRuntime.Hosting;

/// <summary>The table of <c>--stats</c>: slave by slave, then totals.</summary>
internal static class StatisticsTable
{
    private const int Width = 160;

    /// <summary>The table as text, without colours.</summary>
    internal static string Render(ProcessorStatistics statistics)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Width;
        console.Write(Build(statistics));
        text.Write(Totals(statistics));
        return text.ToString();
    }

    private static Table Build(ProcessorStatistics statistics)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("slave");
        foreach (var title in (ReadOnlySpan<string>)["commands", "attempts", "restarts", "busy", "waiting", "use", "sent", "received", "messages", "queue wait"])
        {
            table.AddColumn(new TableColumn(title).RightAligned());
        }

        foreach (var slave in statistics.Slaves)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{slave.Rank} {slave.Name}{(slave.Alive ? string.Empty : " (gone)")}");
            table.AddRow(Markup.Escape(name), Count(slave.Commands), Count(slave.Attempts), Count(slave.Restarts), Time(slave.Busy), Time(slave.Idle), Share(slave.Busy, slave.Idle), Bytes(slave.BytesSent), Bytes(slave.BytesReceived), Count(slave.Messages), Time(slave.QueueWait));
        }

        return table;
    }

    private static string Totals(ProcessorStatistics s)
    {
        var rate = s.Elapsed > TimeSpan.Zero ? s.Done / s.Elapsed.TotalSeconds : 0;
        var text = string.Create(CultureInfo.InvariantCulture, $"{s.Done} of {s.Queued} commands done, {s.Failed} failed, {s.Cancelled} cancelled, {s.Retried} repeated; {s.SlavesLost} slaves lost");
        return text + Environment.NewLine + string.Create(CultureInfo.InvariantCulture, $"{Time(s.Elapsed)} in all, {rate:0.#} commands/s, mean queue wait {Time(s.QueueWait)}");
    }

    /// <summary>A time in the unit that fits it.</summary>
    internal static string Time(TimeSpan time) => FormattableString.Invariant(time.TotalSeconds switch
    {
        < 1e-3 => $"{time.TotalMicroseconds:0} us",
        < 1 => $"{time.TotalMilliseconds:0.0} ms",
        < 120 => $"{time.TotalSeconds:0.00} s",
        < 7200 => $"{time.TotalMinutes:0.0} min",
        _ => (FormattableString)$"{time.TotalHours:0.0} h",
    });

    /// <summary>A number of bytes in the unit that fits it.</summary>
    internal static string Bytes(long bytes) => FormattableString.Invariant(bytes switch
    {
        < 1L << 10 => $"{bytes} B",
        < 1L << 20 => $"{bytes / 1024.0:0.0} KiB",
        < 1L << 30 => $"{bytes / 1048576.0:0.0} MiB",
        _ => (FormattableString)$"{bytes / 1073741824.0:0.00} GiB",
    });

    private static string Count(long count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Share(TimeSpan busy, TimeSpan idle)
        => busy + idle > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"{100 * (busy / (busy + idle)):0.0} %") : "-";
}
