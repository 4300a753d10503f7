using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The timeline of --trace.</summary>
[Parallelizable(ParallelScope.None)]
internal sealed class TraceTests
{
    [TestCase("thread", 2)]
    [TestCase("process", 2)]
    [TestCase("uni", 1)]
    public void A_timeline_has_a_row_for_each_slave_and_every_command_once(string fabric, int slaves)
    {
        var folder = Directory.CreateTempSubdirectory("trace-").FullName;
        try
        {
            // Of two slaves neither can do everything: the first two jobs wait for each other.
            var job = slaves == 1 ? "sleep 0.0{}" : $"if [ {{}} -le 2 ]; then : > {folder}/{{}}; for i in $(seq 400); do [ -e {folder}/$((3 - {{}})) ] && break; sleep 0.05; done; fi; sleep 0.0{{}}";
            var file = Path.Combine(folder, "trace.json");
            var (code, _, error) = HpcrunProcess.Run("exec", "--processor", fabric, "-n", $"{slaves}", "--trace", file, job, ":::", "1", "2", "3", "4", "5", "6", "7", "8");
            Assert.That((code, error), Is.EqualTo((0, string.Empty)));
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var events = json.RootElement.EnumerateArray().ToList();
            var rows = events.Where(item => Text(item, "name") == "thread_name").ToDictionary(item => item.GetProperty("tid").GetInt32(), item => item.GetProperty("args").GetProperty("name").GetString()!);
            Assert.That(rows.Keys, Is.EquivalentTo(Enumerable.Range(0, slaves + 1)));
            Assert.That((rows[0], rows[1]), Is.EqualTo(("0 master", rows[1])));
            Assert.That(rows[1], Does.StartWith("1 ").And.Contain("pid"));

            var commands = events.Where(item => Text(item, "cat") == "command").ToList();
            Assert.That(commands.Select(item => item.GetProperty("args").GetProperty("id").GetInt64()), Is.EquivalentTo(Enumerable.Range(1, 8)));
            Assert.That(commands.Select(item => Text(item.GetProperty("args"), "outcome")), Is.All.EqualTo("done"));
            Assert.That(commands.Select(item => item.GetProperty("tid").GetInt32()).Distinct(), Is.EquivalentTo(Enumerable.Range(1, slaves)));
            Assert.That(commands.Select(item => item.GetProperty("dur").GetDouble()), Is.All.InRange(10_000, 60_000_000));
            foreach (var row in commands.GroupBy(item => item.GetProperty("tid").GetInt32()))
            {
                AssertOneAfterTheOther(row);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public void Lost_slaves_and_failures_are_in_the_timeline()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (code, _, _) = HpcrunProcess.Run("run", "crash-demo", "--processor", "process", "-n", "1", "--trace", file, "--max-attempts", "2", "--", "--kind", "kill");
            Assert.That(code, Is.EqualTo(4));
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            var events = json.RootElement.EnumerateArray().ToList();
            Assert.That(events.Count(item => Text(item, "ph") == "i" && Text(item, "name") == "killed by SIGKILL"), Is.EqualTo(2));
            Assert.That(events.Where(item => Text(item, "cat") == "command" && Text(item, "name") == "crash kill").Select(item => Text(item.GetProperty("args"), "outcome")), Is.EqualTo(new[] { "repeated", "lost" }));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void A_timeline_that_cannot_be_written_ends_with_2()
    {
        var (code, output, error) = HpcrunProcess.Run("hello", "--trace", "/no/such/folder/trace.json");
        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.StartWith("error: --trace /no/such/folder/trace.json: cannot be written: "));
    }

    private static void AssertOneAfterTheOther(IEnumerable<JsonElement> row)
    {
        var until = 0.0;
        foreach (var (start, length) in row.Select(item => (Start: item.GetProperty("ts").GetDouble(), Length: item.GetProperty("dur").GetDouble())).OrderBy(item => item.Start))
        {
            Assert.That(start, Is.GreaterThanOrEqualTo(until - 0.01));
            until = start + length;
        }
    }

    private static string? Text(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;
}
