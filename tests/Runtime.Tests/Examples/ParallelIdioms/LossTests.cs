using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Examples.ParallelIdioms.Bottles;
using HpcRuntime.Examples.ParallelIdioms.Grid;
using HpcRuntime.Examples.ParallelIdioms.Loop;
using HpcRuntime.Examples.ParallelIdioms.Mutable;
using HpcRuntime.Processing;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

/// <summary>Slaves that are killed in the midst of their work change nothing in what is printed.</summary>
[Platform("Linux")]
[NonParallelizable]
internal sealed class LossTests
{
    [Test]
    public void A_conversation_goes_on_with_the_next_number()
    {
        using var processor = Load();
        using var output = new KillingWriter(["20", "60"]);
        Assert.That(new LoopApplication().Run(processor, [], TextReader.Null, output), Is.Zero);
        Assert.That((output.Kills > 1, output.ToString()), Is.EqualTo((true, Oracles.Loop)));
    }

    [Test]
    public void What_follows_files_goes_on_behind_the_last_line_that_was_heard_of()
    {
        var folder = Directory.CreateTempSubdirectory("bottles-").FullName;
        try
        {
            var file = Path.Combine(folder, "a.log");
            File.WriteAllLines(file, [.. Enumerable.Range(0, 20_000).Select(line => line % 100 == 0 ? $"needle {line}" : "hay, nothing but hay"), "END"]);
            string[] expected = [.. Enumerable.Range(0, 200).Select(i => $"{file} [needle] needle {100 * i}"), $"{file}: needle 200"];
            using var processor = Load();
            using var output = new KillingWriter([expected[50], expected[150]]);
            Assert.That(new BottlesApplication().Run(processor, [file, "--patterns", "needle", "--from-start", "--until", "END"], TextReader.Null, output), Is.Zero);
            Assert.That(output.Kills, Is.GreaterThan(1));
            Assert.That(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(expected));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase("continuous")]
    [TestCase("reusable")]
    [TestCase("queue")]
    public void A_grid_gets_all_its_cells(string style)
    {
        using var processor = Load();
        ExampleRun.Run(new MutableApplication(), processor, string.Empty); // The slaves are up, and at work at once.
        var grid = Task.Run(() => ExampleRun.Run(new GridApplication(), processor, string.Empty, "--style", style, "--delay", "100ms"));
        var kills = 0;
        while (!grid.Wait(TimeSpan.FromMilliseconds(250)))
        {
            kills += kills < 2 && ChildProcesses.KillOne(Environment.ProcessId, kills) ? 1 : 0;
        }

        Assert.That((kills > 0, grid.Result), Is.EqualTo((true, Oracles.Grid)));
    }

    private static Processor Load() => Processor.Load("process", new ProcessorOptions
    {
        Slaves = 2,
        MaxAttempts = 100,
        Settings = new Dictionary<string, string> { ["process.max-restarts"] = "100" }, // Slaves that are killed have not completed a command: these last as long as the program.
    });

    /// <summary>Kills the slaves whenever one of these lines is written for the first time.</summary>
    private sealed class KillingWriter(IEnumerable<string> lines) : StringWriter
    {
        private readonly HashSet<string> _lines = [.. lines];

        internal int Kills { get; private set; }

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            if (_lines.Remove(value!))
            {
                Kills += Enumerable.Range(0, ChildProcesses.Of(Environment.ProcessId).Length).Count(turn => ChildProcesses.KillOne(Environment.ProcessId, turn));
            }
        }
    }
}
