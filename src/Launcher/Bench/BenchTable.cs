using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using HpcRuntime.Processing;
using Spectre.Console;

namespace HpcRuntime.Launcher.Bench;

/// <summary>A short table of figures for the machine at hand: what a command costs here, and whether slaves keep up.</summary>
/// <param name="arguments">Whether it comes as JSON, and what to compare it with.</param>
/// <param name="output">Takes the table.</param>
internal sealed class BenchTable(BenchArguments arguments, TextWriter output)
{
    /// <summary>The rows: a workload, the figure that is shown of it, its unit, and whether more is better.</summary>
    private static readonly Row[] Rows =
    [
        new("no-op commands", "W1", "commands/s", true, measured => measured.Tasks / measured.Seconds, 100_000, 0),
        new("round trip, p50", "W2", "us", false, measured => Convert.ToDouble(measured.More[0].Value, CultureInfo.InvariantCulture), 20_000, 0),
        new("payloads of 1 MiB, there and back", "W3a", "MiB/s", true, measured => measured.Mebibytes!.Value / measured.Seconds, 0, 0),
        new("arrays of 16 MiB, there and back", "W3b", "MiB/s", true, measured => measured.Mebibytes!.Value / measured.Seconds, 8, 16 << 20),
        new("data for every slave, 64 MiB", "W3c", "MiB/s", true, measured => measured.Mebibytes!.Value / measured.Seconds, 0, 64 << 20),
        new("commands that print 10 lines", "W7", "commands/s", true, measured => measured.Tasks / measured.Seconds, 0, 0),
    ];

    /// <summary>Measures, prints, and compares.</summary>
    internal int Run(Processor processor)
    {
        var earlier = arguments.Versus is { } file ? Read(file, processor) : [];
        var figures = Rows.Select(row => (Row: row, Value: Measure(processor, row))).ToArray();
        if (arguments.Json)
        {
            foreach (var (row, value) in figures)
            {
                output.WriteLine(JsonSerializer.Serialize(new Figure(row.Name, Math.Round(value, 3), row.Unit, processor.FabricName, processor.SlaveCount)));
            }

            return ExitCodes.Success;
        }

        output.WriteLine(processor.Describe());
        Print(figures, earlier, arguments.Versus is not null);
        return ExitCodes.Success;
    }

    private double Measure(Processor processor, Row row)
    {
        var stage = new Stage(processor.SlaveCount, row.Tasks, row.Payload, new ResourceTally());
        var values = BenchApplication.Repeat(processor, BenchApplication.Find(row.Workload), stage, arguments.Repetitions, arguments.Budget).Select(pair => row.Value(pair.Measured)).Order().ToArray();
        return values[values.Length / 2];
    }

    private void Print((Row Row, double Value)[] figures, Dictionary<string, double> earlier, bool compares)
    {
        var table = new Table().Border(TableBorder.None).AddColumn("what").AddColumn(new TableColumn("median").RightAligned()).AddColumn("unit");
        if (compares)
        {
            table.AddColumn(new TableColumn("earlier").RightAligned()).AddColumn(new TableColumn("times as good").RightAligned());
        }

        foreach (var (row, value) in figures)
        {
            var cells = new List<string> { row.Name, Text(value), row.Unit };
            if (compares)
            {
                var known = earlier.TryGetValue(row.Name, out var before);
                cells.Add(known ? Text(before) : "-");
                cells.Add(known ? (row.MoreIsBetter ? value / before : before / value).ToString("F2", CultureInfo.InvariantCulture) : "-");
            }

            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors }).Write(table);
    }

    private static string Text(double value) => value.ToString(value < 100 ? "F2" : "N0", CultureInfo.InvariantCulture);

    private static Dictionary<string, double> Read(string file, Processor processor)
    {
        var figures = new Dictionary<string, double>(StringComparer.Ordinal);
        var number = 0;
        try
        {
            foreach (var line in File.ReadLines(file))
            {
                number++;
                if (line.Trim().Length > 0)
                {
                    var figure = JsonSerializer.Deserialize<Figure>(line);
                    figures[figure?.What ?? throw new JsonException("no figure of the table")] = figure.Value;
                    if ((figure.Fabric, figure.Slaves) != (processor.FabricName, processor.SlaveCount))
                    {
                        throw new UsageException($"{file}, line {number}: measured on {figure.Fabric} with {figure.Slaves} slaves, and this is {processor.FabricName} with {processor.SlaveCount}: give the same -n and --processor.");
                    }
                }
            }
        }
        catch (JsonException)
        {
            throw new UsageException($"{file}, line {number}: not a line that hpcrun bench --json printed.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--vs: '{file}' cannot be read: {e.Message}");
        }

        return figures;
    }

    /// <summary>One line of the table.</summary>
    private sealed record Row(string Name, string Workload, string Unit, bool MoreIsBetter, Func<Measurement, double> Value, int Tasks, long Payload);

    /// <summary>One line of JSON.</summary>
    private sealed record Figure(string? What, double Value, string Unit, string Fabric, int Slaves);
}
