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
    [TestCase("README.md", "examples/ReadmeExample/Program.cs")]
    [TestCase("docs/from-relax.md", "examples/SevenSteps/Program.cs")]
    public void The_program_in_the_document_is_the_program_that_the_tests_run(string document, string program)
    {
        var blocks = Regex.Matches(File.ReadAllText(RepositoryFiles.PathOf(document)), "^```csharp\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(m => m.Groups[1].Value).ToArray();
        Assert.That(blocks, Is.EqualTo(new[] { File.ReadAllText(RepositoryFiles.PathOf(program)) }));
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
    [TestCase("mpi-hostfiles/README.md")]
    public void Every_link_to_a_file_leads_somewhere(string document)
    {
        var file = RepositoryFiles.PathOf(document);
        var links = Regex.Matches(File.ReadAllText(file), @"\]\(([^)#:\s]+)(#[^)]*)?\)").Select(m => m.Groups[1].Value);
        Assert.That(links.Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, link))), Is.Empty);
    }
}
