using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using NUnit.Framework;

namespace HpcRuntime.Tests;

/// <summary>The documents quote programs that exist and point to files that exist.</summary>
public sealed class DocumentTests
{
    [TestCase("README.md", "examples/ReadmeExample", "Program")]
    [TestCase("docs/from-relax.md", "examples/SevenSteps", "Program")]
    [TestCase("docs/tutorial.md", "examples/Tutorial", "Program", "FirstCommand", "ResultsAndMemos", "Errors", "Output", "RandomNumbers", "SharedData", "Futures", "HalfLives")]
    [TestCase("docs/data-parallel.md", "examples/DataParallel", "Program", "FunctionsAndFutures", "Dependencies", "Maps", "LazyMaps", "Reductions", "Sections", "StreamsAndConversations", "ExternalCommands", "Observation")]
    public void The_programs_in_the_document_are_the_programs_that_the_tests_run(string document, string folder, params string[] programs)
    {
        var blocks = Regex.Matches(File.ReadAllText(RepositoryFiles.PathOf(document)), "^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
        Assert.That(blocks, Is.EqualTo(programs.Select(program => File.ReadAllText(RepositoryFiles.PathOf($"{folder}/{program}.cs")))));
    }

    [Test]
    public void The_page_of_examples_shows_the_computations_as_they_are()
    {
        var blocks = Regex.Matches(Computations(), "^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value);
        var programs = new[] { "Primes/PrimesApplication", "Ln2/Ln2Application", "Md5Search/Md5SearchApplication", "Quicksort/QuicksortJob", "AutoDiff/AutoDiffApplication", "Pi/PiApplication", "Sawsim/SawsimApplication", "Dependencies/DependenciesApplication" };
        Assert.That(blocks, Is.EqualTo(programs.Select(program => File.ReadAllText(RepositoryFiles.PathOf($"examples/Computations/{program}.cs")))));
    }

    [TestCase("primes")]
    [TestCase("ln2")]
    [TestCase("md5-search")]
    [TestCase("quicksort")]
    [TestCase("auto-diff")]
    [TestCase("pi")]
    [TestCase("sawsim")]
    [TestCase("sawsim", "--model", "linear", "--curves", "20000", "--domains", "1")]
    [TestCase("dependencies")]
    public void A_computation_prints_what_the_page_of_examples_says(string name, params string[] args) =>
        Assert.That(ShowsText(Computations(), Examples.BuiltInApplications.OutputOnUni(name, args), inAnyOrder: false), Is.True, "docs/examples.md does not show what it prints.");

    [TestCase("first")]
    [TestCase("results")]
    [TestCase("errors")]
    [TestCase("errors", "--error-policy", "continue")]
    [TestCase("output")]
    [TestCase("random")]
    [TestCase("data")]
    [TestCase("futures")]
    public void A_step_of_the_tutorial_prints_what_the_tutorial_says_on_every_fabric(string step, params string[] options)
    {
        foreach (var fabric in new[] { "uni", "thread -n 1", "thread -n 3" })
        {
            var (exitCode, output, error) = Programs.RunExample("Tutorial", ["--processor", .. fabric.Split(' '), .. options, "--", step]);
            Assert.That((exitCode, error), Is.EqualTo((0, string.Empty)), fabric);
            Assert.That(TutorialSays(output, inAnyOrder: step == "output"), Is.True, $"docs/tutorial.md does not show this:\n{output}");
        }
    }

    [TestCase("functions")]
    [TestCase("dependencies")]
    [TestCase("maps")]
    [TestCase("lazy")]
    [TestCase("reductions")]
    [TestCase("sections")]
    [TestCase("conversations")]
    [TestCase("external")]
    [TestCase("observation")]
    public void A_recipe_prints_what_the_cookbook_says_on_every_fabric(string recipe)
    {
        foreach (var fabric in new[] { "uni", "thread -n 1", "thread -n 3", "process -n 2" })
        {
            var (exitCode, output, error) = Programs.RunExample("DataParallel", ["--processor", .. fabric.Split(' '), "--", recipe]);
            Assert.That((exitCode, error), Is.EqualTo((0, string.Empty)), fabric);
            Assert.That(Says("docs/data-parallel.md", output, inAnyOrder: false), Is.True, $"docs/data-parallel.md does not show this, on {fabric}:\n{output}");
        }
    }

    [Test]
    public void The_application_of_the_tutorial_is_run_by_hpcrun()
    {
        var assembly = RepositoryFiles.PathOf($"examples/Tutorial/bin/{Programs.Configuration}/net10.0/Tutorial.dll");
        var (code, output, error) = EndToEnd.HpcrunProcess.Run("run", assembly, "-n", "2", "--", "0.5", "2");
        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(TutorialSays(output, inAnyOrder: false), Is.True, output);
        Assert.That(EndToEnd.HpcrunProcess.Run("run", assembly, "--", "nonsense").Code, Is.EqualTo(2));
    }

    [Test]
    public void The_prefix_of_the_tutorial_is_the_prefix_that_is_shown()
    {
        var (exitCode, output, _) = Programs.RunExample("Tutorial", ["--processor", "thread", "-n", "1", "--prefix", "rank", "--", "output"]);
        Assert.That(exitCode, Is.Zero);
        Assert.That(TutorialSays(output.Split('\n')[0] + "\n", inAnyOrder: false), Is.True, output);
    }

    [TestCase("uni")]
    [TestCase("thread")]
    public void The_seven_steps_of_relax_lead_home_on_every_fabric(string fabric)
    {
        var (exitCode, output, error) = Programs.RunExample("SevenSteps", [fabric]);
        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Is.EqualTo("fitting 4 points\nfitting 4 points\nfast: rate 1.0986\nslow: rate 0.6931\n"));
    }

    [TestCase("uni")]
    [TestCase("thread", "-n", "1")]
    [TestCase("thread", "-n", "3")]
    public void The_program_in_the_readme_prints_the_same_digits_on_every_fabric(string fabric, params string[] more)
    {
        var (exitCode, output, error) = Programs.RunExample("ReadmeExample", ["--processor", fabric, .. more]);
        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Match("^pi is about 3\\.14[0-9]{2}\n$"));
        Assert.That(output, Is.EqualTo(Programs.RunExample("ReadmeExample", ["--processor", "uni"]).Output));
        Assert.That(double.Parse(output["pi is about ".Length..], CultureInfo.InvariantCulture), Is.EqualTo(Math.PI).Within(0.003), "Four standard deviations of 6.4 million darts.");
    }

    [TestCase("README.md")]
    [TestCase("CONTRIBUTING.md")]
    [TestCase("docs/from-relax.md")]
    [TestCase("docs/from-pprocess.md")]
    [TestCase("docs/from-parallel-python.md")]
    [TestCase("docs/from-sharedmem.md")]
    [TestCase("docs/from-pysawsim.md")]
    [TestCase("docs/tutorial.md")]
    [TestCase("docs/performance.md")]
    [TestCase("docs/process.md")]
    [TestCase("docs/exec.md")]
    [TestCase("docs/observing.md")]
    [TestCase("docs/mpi.md")]
    [TestCase("docs/mpi-launching.md")]
    [TestCase("docs/scale.md")]
    [TestCase("docs/reference/README.md")]
    [TestCase("CHANGELOG.md")]
    [TestCase("docs/data-parallel.md")]
    [TestCase("docs/examples.md")]
    [TestCase("docs/writing-a-fabric.md")]
    [TestCase("examples/DecayFit/README.md")]
    [TestCase("mpi-hostfiles/README.md")]
    public void Every_link_to_a_file_leads_somewhere(string document)
    {
        var file = RepositoryFiles.PathOf(document);
        var links = Regex.Matches(File.ReadAllText(file), @"\]\(([^)#:\s]+)(#[^)]*)?\)").Select(m => m.Groups[1].Value);
        Assert.That(links.Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, link))), Is.Empty);
    }

    /// <summary>Whether one of the tutorial's blocks of output is this one.</summary>
    private static bool TutorialSays(string output, bool inAnyOrder) => Says("docs/tutorial.md", output, inAnyOrder);

    /// <summary>The part of the page of examples that is about the computations.</summary>
    private static string Computations() => File.ReadAllText(RepositoryFiles.PathOf("docs/examples.md")).Split("<!-- computations -->\n")[1];

    private static bool Says(string document, string output, bool inAnyOrder) => ShowsText(File.ReadAllText(RepositoryFiles.PathOf(document)), output, inAnyOrder);

    private static bool ShowsText(string text, string output, bool inAnyOrder)
    {
        static string Sorted(string lines) => string.Join('\n', lines.Split('\n').Order(StringComparer.Ordinal));
        return Regex.Matches(text, "^```text\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(block => block.Groups[1].Value).Any(block => inAnyOrder ? Sorted(block) == Sorted(output) : block == output);
    }
}
