using System;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Backends.Mpi.Launching;
using Spectre.Console;

namespace HpcRuntime.Launcher;

/// <summary>What <c>hpcrun hosts</c> prints: which rank would run where.</summary>
internal static class HostsReport
{
    private const int Width = 160;

    /// <summary>The report.</summary>
    /// <param name="file">The hosts.</param>
    /// <param name="slaves">Slaves; null for as many as there are slots.</param>
    /// <param name="plain">Without lines, for programs that read it.</param>
    internal static string Describe(HostFile file, int? slaves, bool plain)
    {
        var placement = Placement.Create(file, slaves ?? file.Slots);
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = Width;
        console.Write(Build(placement, plain));
        text.Write(string.Create(CultureInfo.InvariantCulture, $"{placement.Size} ranks: the master and {placement.Size - 1} slave{(placement.Size == 2 ? string.Empty : "s")} on {placement.Hosts.Count} of {file.Hosts.Count} host{(file.Hosts.Count == 1 ? string.Empty : "s")} with {file.Slots} slots"));
        return string.Join('\n', text.ToString().Split('\n').Select(line => line.TrimEnd())).Replace("\n", Environment.NewLine, StringComparison.Ordinal);
    }

    private static Table Build(Placement placement, bool plain)
    {
        var table = new Table { Border = plain ? TableBorder.None : TableBorder.Simple };
        table.AddColumn("host");
        table.AddColumn("ranks");
        table.AddColumn(new TableColumn("slaves").RightAligned());
        table.AddColumn(new TableColumn("slots").RightAligned());
        table.AddColumn(string.Empty);
        foreach (var host in placement.Hosts)
        {
            var remark = host.First == 0 ? "the master is rank 0" : string.Empty;
            remark += host.IsOversubscribed ? (remark.Length > 0 ? "; " : string.Empty) + "more slaves than slots" : string.Empty;
            table.AddRow(Markup.Escape(host.Host.Name), Ranks(host), Text(host.Slaves), Text(host.Host.Slots), remark);
        }

        return table;
    }

    private static string Ranks(HostRanks host) => host.Count == 1 ? Text(host.First) : string.Create(CultureInfo.InvariantCulture, $"{host.First}-{host.First + host.Count - 1}");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
