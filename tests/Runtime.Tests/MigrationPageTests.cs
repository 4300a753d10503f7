using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace HpcRuntime.Tests;

/// <summary>The pages for those who come from another system answer for each of its features and defects, and name tests that exist.</summary>
internal sealed partial class MigrationPageTests
{
    private const string Processing = "pprocess-pp-pysawsim.md";
    private const string Sharing = "relax-multi-and-sharedmem.md";

    private static readonly Lazy<string> Tests = new(() => string.Concat(
        Directory.EnumerateFiles(RepositoryFiles.PathOf("tests"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)));

    [TestCase("from-pprocess.md", "PX-", 36, Processing)]
    [TestCase("from-pprocess.md", "PXB-", 18, Processing)]
    [TestCase("from-parallel-python.md", "PP-", 30, Processing)]
    [TestCase("from-parallel-python.md", "PPB-", 18, Processing)]
    [TestCase("from-pysawsim.md", "SW-", 15, Processing)]
    [TestCase("from-pysawsim.md", "SWB-", 6, Processing)]
    [TestCase("from-sharedmem.md", "S", 28, Sharing)]
    public void Every_number_has_one_row_in_the_page(string page, string letters, int count, string inventory)
    {
        var format = letters == "S" ? "0" : "00";
        var rows = NumbersIn(RepositoryFiles.PathOf("docs/" + page), letters);
        Assert.That(rows, Is.EqualTo(Enumerable.Range(1, count).Select(number => letters + number.ToString(format, System.Globalization.CultureInfo.InvariantCulture))));

        // The inventory of the old systems lies beside a working copy, and not everywhere.
        var reference = RepositoryFiles.PathOf("../shared/reference/" + inventory);
        if (!File.Exists(reference))
        {
            TestContext.Out.WriteLine($"{inventory} is not here: the numbers were compared with their count alone.");
            return;
        }

        Assert.That(rows, Is.EquivalentTo(NumbersIn(reference, letters).Distinct().Where(number => letters != "S" || int.Parse(number[1..], System.Globalization.CultureInfo.InvariantCulture) <= count)));
    }

    [TestCase("from-pprocess.md")]
    [TestCase("from-parallel-python.md")]
    [TestCase("from-pysawsim.md")]
    public void Every_test_that_the_page_names_exists(string page)
    {
        var named = TestName().Matches(File.ReadAllText(RepositoryFiles.PathOf("docs/" + page))).Select(match => match.Groups[1].Value).ToArray();
        Assert.That(named, Is.Not.Empty);
        Assert.That(named.Where(name => !Tests.Value.Contains($" {name}(", StringComparison.Ordinal)), Is.Empty);
    }

    [TestCase("from-pprocess.md", "PXB")]
    [TestCase("from-parallel-python.md", "PPB")]
    [TestCase("from-pysawsim.md", "SWB")]
    public void Every_defect_has_a_test_of_its_number_or_a_reason(string page, string letters)
    {
        foreach (var row in File.ReadAllLines(RepositoryFiles.PathOf("docs/" + page)).Where(line => line.StartsWith($"| {letters}-", StringComparison.Ordinal)))
        {
            var number = row[2..].Split(' ')[0];
            Assert.That(row, Does.Contain($"`{number.Replace('-', '_')}_").Or.Contain("cannot").Or.Contain("belongs to the simulation").Or.Contain("still so, on purpose"));
        }

        var own = Regex.Matches(Tests.Value, $@" ({letters}_\w+)\(").Select(match => match.Groups[1].Value).ToArray();
        var text = File.ReadAllText(RepositoryFiles.PathOf("docs/" + page));
        Assert.That(own.Where(name => !text.Contains($"`{name}`", StringComparison.Ordinal)), Is.Empty, "Each test is in the page.");
    }

    private static string[] NumbersIn(string file, string letters) =>
        [.. Regex.Matches(File.ReadAllText(file), $@"^\| ({letters}\d+) \|", RegexOptions.Multiline).Select(match => match.Groups[1].Value)];

    /// <summary>Four words or more, joined as the names of tests are.</summary>
    [GeneratedRegex(@"`([A-Z]\w*(?:_\w+?){3,})`")]
    private static partial Regex TestName();
}
