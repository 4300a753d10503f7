using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Processing;
using Spectre.Console;

namespace HpcRuntime.Simulation;

/// <summary>The curves of docs/scale.md: efficiency against the number of slaves, a line for each length of command, and the table of the same figures.</summary>
internal sealed class Curves(SimulationArguments arguments)
{
    private const double VirtualSeconds = 5;
    private const long MostCommands = 400_000;
    private const int CommandsPerSlave = 100;

    private static readonly int[] Slaves = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2000, 4000, 10_000];
    private static readonly (double Seconds, string Name)[] Durations = [(10e-6, "10 us"), (100e-6, "100 us"), (1e-3, "1 ms"), (10e-3, "10 ms"), (100e-3, "100 ms"), (1, "1 s")];

    internal void Draw(string folder)
    {
        Directory.CreateDirectory(folder);
        arguments.WarmUp();
        if (arguments.Workload.Chunking == Chunking.Each)
        {
            DrawOne(folder, "efficiency-each", "One command in a message");
        }
        else
        {
            DrawOne(folder, "efficiency-adaptive", "Default chunks");
        }
    }

    /// <summary>So many commands that a run takes some seconds, or that every slave gets some, as far as the limit allows.</summary>
    private static long CommandsFor(int slaves, double seconds) =>
        Math.Clamp((long)(slaves * VirtualSeconds / seconds), (long)slaves * CommandsPerSlave, Math.Max(MostCommands, (long)slaves * CommandsPerSlave));

    private void DrawOne(string folder, string name, string title)
    {
        var table = new Table().Border(TableBorder.Markdown).AddColumn("slaves");
        Array.ForEach(Durations, duration => table.AddColumn(duration.Name));
        var lines = Durations.Select(_ => new List<(double X, double Y)>()).ToArray();
        foreach (var slaves in Slaves)
        {
            var row = new List<string> { slaves.ToString(CultureInfo.InvariantCulture) };
            for (var i = 0; i < Durations.Length; i++)
            {
                var workload = arguments.Workload with { Duration = Durations[i].Seconds, Commands = CommandsFor(slaves, Durations[i].Seconds) };
                var result = SimulatedRun.Of(arguments.Model with { Slaves = slaves }, workload, arguments.MakeCharge());
                lines[i].Add((slaves, result.Efficiency));
                row.Add(string.Create(CultureInfo.InvariantCulture, $"{100 * result.Efficiency:F1}"));
            }

            table.AddRow([.. row]);
        }

        var plot = new SvgPlot(title + ": share of the slaves' time in which they work");
        for (var i = 0; i < Durations.Length; i++)
        {
            plot.Line(lines[i], Durations[i].Name, i);
        }

        File.WriteAllText(Path.Combine(folder, name + ".svg"), plot.Text());
        AnsiConsole.WriteLine(title + ", efficiency in %:");
        AnsiConsole.Write(table);
    }
}
