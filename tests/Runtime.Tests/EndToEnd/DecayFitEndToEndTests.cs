using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading.Tasks;
using System.Xml.Linq;
using HpcRuntime.Tests.DecayFit;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>The main job from the command line to the figures: the first thing that a newcomer runs.</summary>
[Parallelizable(ParallelScope.None)]
internal sealed class DecayFitEndToEndTests
{
    private static readonly string Misra = RepositoryFiles.PathOf("examples/DecayFit/data/misra1a.csv");
    private string _folder = string.Empty;

    [SetUp]
    public void MakeRoom() => _folder = Directory.CreateTempSubdirectory("decay-fit-").FullName;

    [TearDown]
    public void ClearRoom() => Directory.Delete(_folder, true);

    [Test]
    public void The_first_command_of_the_readme_prints_what_nist_certifies()
    {
        var (code, output, error) = HpcrunProcess.Run("run", "decay-fit", "--processor", "thread", "-n", "2", "--seed", "1", "--", Misra, "--model", "saturation");

        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        var (header, row) = (Words(output, "curve"), Words(output, "misra1a"));
        Assert.That(header, Is.EqualTo(new[] { "curve", "rate", "k", "+-", "sd", "amplitude", "a", "+-", "sd", "chi2", "sigma", "points", "status" }));
        Assert.That(Relative(row[1], 5.5015643181e-4), Is.LessThan(1e-8));
        Assert.That(Relative(row[2], 7.2668688436e-06), Is.LessThan(0.1), "The certified standard deviation of the rate.");
        Assert.That(Relative(row[3], 238.94212918), Is.LessThan(1e-8));
        Assert.That(Relative(row[4], 2.7070075241), Is.LessThan(0.1), "The certified standard deviation of the amplitude.");
        Assert.That((row[^2], row[^1]), Is.EqualTo(("14", "ok")));
    }

    [Test]
    public void Every_curve_of_the_relaxation_data_agrees_with_relax_to_a_millionth()
    {
        var input = Samples.Shared("t2-decay.csv");
        var expected = Rows(Samples.Shared("t2-decay.expected.csv"));
        var (code, output, _) = HpcrunProcess.Run("run", "decay-fit", "--processor", "thread", "-n", "2", "--", input, "--model", "decay", "--simulations", "0", "--output", At("fit.csv"));

        Assert.That(code, Is.Zero);
        Assert.That(output, Does.Contain("replicates"), "Where sigma is from.");
        var found = Rows(At("fit.csv"));
        Assert.That(found.Select(row => row["curve"]), Is.EqualTo(expected.Select(row => row["curve"])));
        foreach (var (row, wanted) in found.Zip(expected))
        {
            foreach (var column in new[] { "rate", "amplitude", "chi2" })
            {
                Assert.That(Relative(row[column], Number(wanted[column])), Is.LessThan(1e-6), $"{column} of {wanted["curve"]}");
            }
        }
    }

    [Test]
    public void The_file_is_the_same_byte_for_byte_on_every_fabric_and_for_any_number_of_slaves()
    {
        var input = At("curves.csv");
        File.WriteAllText(input, File.ReadAllText(Misra) + string.Concat(Enumerable.Range(1, 6).SelectMany(curve => Enumerable.Range(0, 9).Select(point =>
            FormattableString.Invariant($"c{curve},{100 * point},{50 * (1 - Math.Exp(-0.0004 * curve * 100 * point)) + (0.2 * Math.Sin(curve + (5 * point))):R}\n")))));
        var files = new List<byte[]>();
        foreach (var fabric in new[] { "uni", "thread 1", "thread 2", "thread 7", "process 1", "process 2", "process 5" })
        {
            var words = fabric.Split(' ');
            var output = At($"{fabric}.csv");
            var (code, _, error) = HpcrunProcess.Run(["run", "decay-fit", "--processor", words[0], .. words.Length > 1 ? new[] { "-n", words[1] } : [], "--seed", "3", "--", input, "--model", "saturation", "--output", output]);
            Assert.That((code, error), Is.EqualTo((0, string.Empty)), fabric);
            files.Add(File.ReadAllBytes(output));
        }

        Assert.That(files[1..], Is.All.EqualTo(files[0]));
        Assert.That(Rows(At("uni.csv")).Select(row => row["curve"]), Is.EqualTo(new[] { "misra1a", "c1", "c2", "c3", "c4", "c5", "c6" }));
        Assert.That(Rows(At("uni.csv")).Select(row => Number(row["rate_sd"]) > 0 && Number(row["amplitude_sd"]) > 0), Is.All.True, "Errors included.");
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    [Platform("Linux")]
    public void The_file_is_the_same_byte_for_byte_while_slaves_are_killed(int slaves)
    {
        string[] Words(string fabric, int n, string output) => ["run", "decay-fit", "--processor", fabric, "--seed", "3", "--max-attempts", "100", "--set", "process.max-restarts=1000", "-n", $"{n}", "--", Misra, "--model", "saturation", "--simulations", "100000", "--output", At(output)];
        Assert.That(HpcrunProcess.Run(Words("thread", 2, "calm.csv")).Code, Is.Zero);

        using var hpcrun = HpcrunProcess.Start(Words("process", slaves, "chaos.csv"));
        var ending = Task.Run(hpcrun.WaitForExit);
        var (kills, pause) = (0, TimeSpan.FromMilliseconds(400));
        while (!ending.Wait(pause))
        {
            if (ChildProcesses.KillOne(hpcrun.Id, kills))
            {
                kills++;
                pause *= 1.25; // So the run comes to its end also where slaves take long to come up.
            }
        }

        var (code, _, error) = ending.Result;
        Assert.That(code, Is.Zero, error);
        Assert.That(kills, Is.GreaterThan(0), "A run without a kill proves nothing.");
        Assert.That(error, Does.Contain("killed by SIGKILL"));
        Assert.That(File.ReadAllBytes(At("chaos.csv")), Is.EqualTo(File.ReadAllBytes(At("calm.csv"))));
    }

    [Test]
    public void Another_seed_gives_other_errors_and_the_same_fit()
    {
        string Fit(string seed)
        {
            Assert.That(HpcrunProcess.Run("run", "decay-fit", "--processor", "uni", "--seed", seed, "--", Misra, "--model", "saturation", "--output", At($"{seed}.csv")).Code, Is.Zero);
            return At($"{seed}.csv");
        }

        var (one, two) = (Rows(Fit("1")).Single(), Rows(Fit("2")).Single());
        Assert.That((one["rate"], one["amplitude"], one["chi2"]), Is.EqualTo((two["rate"], two["amplitude"], two["chi2"])));
        Assert.That(one["rate_sd"], Is.Not.EqualTo(two["rate_sd"]));
    }

    [TestCase("curve,x,y\na,1,2\na,nonsense,3\n", "line 3")]
    [TestCase("curve,x\na,1\n", "line 1")]
    [TestCase("# only a comment\n", "curve,x,y")]
    public void A_malformed_file_ends_with_2_and_names_the_line_and_what_was_expected(string text, string where)
    {
        File.WriteAllText(At("bad.csv"), text);
        var (code, output, error) = HpcrunProcess.Run("run", "decay-fit", "--processor", "thread", "-n", "2", "--", At("bad.csv"));

        Assert.That((code, output), Is.EqualTo((2, string.Empty)));
        Assert.That(error, Does.Contain("bad.csv").And.Contains(where).And.Contains("expected"));
        Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(1), "One clear line.");
    }

    [Test]
    public void A_curve_that_cannot_be_fitted_ends_with_1_and_the_others_are_complete()
    {
        File.WriteAllText(At("curves.csv"), File.ReadAllText(Misra) + "lonely,1,2\n");
        var (code, output, _) = HpcrunProcess.Run("run", "decay-fit", "--processor", "thread", "-n", "2", "--", At("curves.csv"), "--model", "saturation", "--output", At("fit.csv"));

        Assert.That(code, Is.EqualTo(1));
        var rows = Rows(At("fit.csv"));
        Assert.That((rows[0]["curve"], rows[0]["status"], rows[1]["curve"]), Is.EqualTo(("misra1a", "ok", "lonely")));
        Assert.That(rows[1]["status"], Is.Not.EqualTo("ok").And.Not.Empty);
        Assert.That(Relative(rows[0]["amplitude"], 238.94212918), Is.LessThan(1e-8));
        Assert.That(output, Does.Contain(rows[1]["status"]));
    }

    [Test]
    public void An_unknown_fabric_ends_with_2_and_names_the_known_ones()
    {
        var (code, _, error) = HpcrunProcess.Run("run", "decay-fit", "--processor", "nosuch");

        Assert.That(code, Is.EqualTo(2));
        Assert.That(error, Does.Contain("nosuch").And.Contains("uni, thread"));
    }

    [TestCase("decay")]
    [TestCase("saturation")]
    [TestCase("inversion")]
    public void The_plot_is_well_formed_svg_with_data_fit_and_band(string model)
    {
        var (code, _, error) = HpcrunProcess.Run("run", "decay-fit", "--processor", "thread", "-n", "2", "--", Misra, "--model", model, "--simulations", "50", "--plot", At("fit.svg"));

        Assert.That(code, Is.Zero, error);
        var plot = XDocument.Load(At("fit.svg")).Root!;
        XNamespace svg = "http://www.w3.org/2000/svg";
        Assert.That(plot.Name, Is.EqualTo(svg + "svg"));
        Assert.That(plot.Descendants(svg + "circle").Count(), Is.GreaterThanOrEqualTo(14), "A mark for each point.");
        Assert.That(plot.Descendants().Where(element => element.Name == svg + "path" || element.Name == svg + "polyline" || element.Name == svg + "polygon").Count(), Is.GreaterThanOrEqualTo(2), "The fit and its band.");
        Assert.That(plot.Descendants(svg + "text").Select(text => text.Value), Has.Some.Contains("misra1a"));
        Assert.That(plot.ToString(), Does.Not.Contain("NaN").And.Not.Contains("Infinity"));
    }

    private static string[] Words(string output, string first) =>
        Regex.Split(output.Split('\n').Single(line => Regex.IsMatch(line, $"^{first}\\s")).Trim(), "\\s+");

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Relative(string found, double expected) => Math.Abs((Number(found) / expected) - 1);

    private static List<Dictionary<string, string>> Rows(string path)
    {
        var lines = File.ReadAllLines(path).Where(line => line.Length > 0 && line[0] != '#').ToArray();
        var names = lines[0].Split(',');
        return [.. lines[1..].Select(line => names.Zip(line.Split(',')).ToDictionary(pair => pair.First, pair => pair.Second))];
    }

    private string At(string name) => Path.Combine(_folder, name);
}
