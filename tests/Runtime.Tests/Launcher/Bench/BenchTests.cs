using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using HpcRuntime.Launcher.Bench;
using HpcRuntime.Processing;
using HpcRuntime.Tests.DecayFit;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Launcher.Bench;

/// <summary>hpcrun bench: every workload gives its lines, and nothing is measured that is wrong.</summary>
[Parallelizable(ParallelScope.None)]
internal sealed class BenchTests
{
    private static readonly string[] Fields =
    [
        "system", "workload", "n_workers", "n_tasks", "payload", "seconds", "tasks_per_s", "mb_per_s", "master_cpu_s", "workers_cpu_s", "peak_rss_mb", "peak_rss_max_mb", "mode", "rep",
    ];

    private static readonly string[] Noise = ["foreign_cpu_s", "steal_s"];

    [TestCase("W1", 200, 0, "each", "least_share")]
    [TestCase("W1", 200, 0, "default")]
    [TestCase("W2", 20, 0, "each", "p50_us", "p99_us", "max_us")]
    [TestCase("W3a", 5, 1000, "each")]
    [TestCase("W3b", 3, 800_000, "each")]
    [TestCase("W3c", 0, 800_000, "each", "emulated")]
    [TestCase("W5", 20_000, 0, "each", "note")]
    [TestCase("W6", 0, 0, "each", "all_workers_s", "distinct_pids")]
    [TestCase("W7", 20, 0, "each", "ordered", "complete", "emulated")]
    [TestCase("wake", 5, 0, "each", "p50_us")]
    [TestCase("asleep", 5, 0, "each", "p50_us")]
    [TestCase("map", 500, 0, "default")]
    [TestCase("memory", 500, 0, "each", "bytes_per_command")]
    [TestCase("lazy", 500, 0, "default", "live_most_kib")]
    [TestCase("capture", 50, 0, "default", "times_returned")]
    [TestCase("cancel", 20, 0, "default", "p50_us")]
    public void A_workload_gives_a_line_of_json_for_each_repetition(string workload, int tasks, int payload, string mode, params string[] more)
    {
        foreach (var fabric in new[] { "thread", "process" })
        {
            var (code, output, error) = HpcrunProcess.Run("bench", "--processor", fabric, "--workload", workload, "--workers", "2", "--mode", mode, "--reps", "2",
                "--tasks", Text(tasks), "--payload", Text(payload));

            Assert.That((code, error), Is.EqualTo((0, string.Empty)));
            var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.That(lines, Has.Length.EqualTo(workload == "W6" ? 1 : 2).And.All.StartsWith("{\"system\""));
            var record = JsonDocument.Parse(lines[^1]).RootElement;
            Assert.That(record.EnumerateObject().Select(field => field.Name), Is.SupersetOf(Fields.Concat(workload == "W6" ? [] : Noise).Concat(more)));
            Assert.That(record.GetProperty("system").GetString(), Is.EqualTo("hpcruntime-" + fabric));
            Assert.That(record.GetProperty("n_workers").GetInt32(), Is.EqualTo(2));
            Assert.That(record.GetProperty("seconds").GetDouble(), Is.Positive);
            Assert.That(record.GetProperty("mode").GetString(), Is.EqualTo(mode));
        }
    }

    [Test]
    public void Common_options_may_stand_before_the_verb()
    {
        var (code, output, error) = HpcrunProcess.Run("--processor", "thread", "-n", "2", "bench", "--workload", "W2", "--tasks", "5", "--reps", "1");

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.StartWith("{\"system\":\"hpcruntime-thread\",\"workload\":\"W2\",\"n_workers\":2,"));
    }

    [Test]
    public void The_uneven_durations_are_those_of_the_contract()
    {
        var durations = UnevenWorkload.Durations();

        Assert.That(durations, Has.Length.EqualTo(400));
        Assert.That((durations.Sum(), durations.Min(), durations.Max()), Is.EqualTo((20_000_006, 15_600, 936_500)).Using<(int, int, int)>((a, b) => a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 100 && Math.Abs(a.Item3 - b.Item3) < 100));
    }

    [Test]
    public void The_uneven_durations_are_those_of_the_file()
    {
        var file = Samples.Shared("../bench/w4_durations_us.txt");
        Assert.That(UnevenWorkload.Durations(), Is.EqualTo(File.ReadLines(file).Select(line => int.Parse(line, CultureInfo.InvariantCulture))));
    }

    [Test]
    public void The_table_has_a_row_for_each_figure_and_compares_with_an_earlier_one()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "bench-earlier.jsonl");
        File.WriteAllLines(file, ["""{"What":"no-op commands","Value":1,"Unit":"commands/s","Fabric":"thread","Slaves":2}"""]);

        var (code, output, error) = HpcrunProcess.Run("bench", "--processor", "thread", "-n", "2", "--reps", "1", "--vs", file);

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Does.Contain("2 slave threads").And.Contain("no-op commands").And.Contain("round trip, p50").And.Contain("times as good"));
        Assert.That(output.Split('\n').Single(line => line.StartsWith("round trip", StringComparison.Ordinal)).TrimEnd(), Does.EndWith("-"), "There is nothing to compare it with.");
    }

    [TestCase("""{"system":"hpcruntime-thread","workload":"W1"}""")]
    [TestCase("null")]
    [TestCase("half a li")]
    public void A_line_that_is_no_figure_of_the_table_is_named(string line)
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "bench-wrong.jsonl");
        File.WriteAllLines(file, ["""{"What":"no-op commands","Value":1,"Unit":"commands/s","Fabric":"thread","Slaves":2}""", line]);

        var (code, output, error) = HpcrunProcess.Run("bench", "--processor", "thread", "-n", "2", "--vs", file);

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.Contain("bench-wrong.jsonl, line 2: not a line that hpcrun bench --json printed."));
    }

    [Test]
    public void Figures_of_another_fabric_or_of_other_slaves_are_not_compared_with()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, "bench-other.jsonl");
        File.WriteAllLines(file, ["""{"What":"no-op commands","Value":1,"Unit":"commands/s","Fabric":"process","Slaves":2}"""]);

        var (code, output, error) = HpcrunProcess.Run("bench", "--processor", "thread", "-n", "2", "--vs", file);

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.Contain("bench-other.jsonl, line 1: measured on process with 2 slaves, and this is thread with 2"));
    }

    [Test]
    public void The_table_as_json_can_be_compared_with_later()
    {
        var (code, output, _) = HpcrunProcess.Run("bench", "--processor", "thread", "-n", "1", "--reps", "1", "--json");

        Assert.That(code, Is.Zero);
        var names = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("What").GetString());
        Assert.That(names, Has.Member("no-op commands").And.Member("round trip, p50"));
    }

    [TestCase("--workload is 'W9'; known are W1, W2", "bench", "--workload", "W9")]
    [TestCase("--mode is 'some'; each (one command in a message) and default (as the runtime packs them) are known.", "bench", "--mode", "some")]
    [TestCase("--reps is '0'; a whole number of 1 or more is wanted.", "bench", "--reps", "0")]
    [TestCase("--payload 4: W3b sends an array of numbers, of 8 to 17179868728 bytes.", "bench", "--workload", "W3b", "--payload", "4", "-n", "1")]
    [TestCase("--payload 17179868736: W3c sends an array of numbers, of 8 to 17179868728 bytes.", "bench", "--workload", "W3c", "--payload", "17179868736", "-n", "1")]
    [TestCase("--payload 3000000000: W3a sends byte strings, of 2147483591 bytes at most; W3b sends larger arrays.", "bench", "--workload", "W3a", "--payload", "3000000000", "-n", "1")]
    [TestCase("--tasks needs a value: N.", "bench", "--tasks")]
    [TestCase("--workload is given more than once.", "bench", "--workload=W1", "--workload=W2")]
    [TestCase("unknown option --payloads", "bench", "--payloads", "3")]
    [TestCase("--vs: '/no/such/file' cannot be read", "bench", "--vs", "/no/such/file", "--processor", "thread")]
    [TestCase("--vs compares the table, and --workload prints none", "bench", "--vs", "earlier.jsonl", "--workload", "W1")]
    [TestCase("--tasks is for one --workload; the table has its own", "bench", "--tasks", "5")]
    [TestCase("--mode is for one --workload; the table has its own", "bench", "--mode", "each")]
    [TestCase("--vs compares the table, and --json prints none", "bench", "--vs", "earlier.jsonl", "--json")]
    [TestCase("hpcrun bench: 'x' is one argument too many.", "bench", "x")]
    public void What_is_wrong_with_the_command_line_is_told_in_one_line(string message, params string[] args)
    {
        var (code, output, error) = HpcrunProcess.Run(args);

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.Contain(message));
        Assert.That(error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_wrong_result_ends_without_a_figure()
    {
        Assert.That(() => Stage.Check(false, "7 is not 8"), Throws.TypeOf<WrongResultException>().With.Message.Contains("7 is not 8"));
        Assert.That(() => Stage.Check(true, "7 is 7"), Throws.Nothing);
    }

    [Test]
    public void What_belongs_to_the_benchmark_is_taken_out_of_the_line()
    {
        var (bench, others) = BenchArguments.Parse(["bench", "--processor", "uni", "--workload=W1", "--workers", "3", "--json", "--seed", "1"]);

        Assert.That((bench.Workload, bench.Json, bench.Mode, bench.Repetitions), Is.EqualTo(("W1", true, "each", 3)));
        Assert.That(others, Is.EqualTo(new List<string> { "bench", "--processor", "uni", "--seed", "1", "--slaves=3" }));
        Assert.That(() => BenchArguments.Parse(["bench", "--rep-budget", "soon"]), Throws.TypeOf<UsageException>());
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
