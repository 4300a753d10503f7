using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

public sealed class ArgumentsTests
{
    private string _folder = string.Empty;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("decay-fit-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, true);

    [Test]
    public void A_file_alone_takes_the_defaults() =>
        Assert.That(Parse("a.csv"), Is.EqualTo(new DecayFitArguments("a.csv", DecayModel.Decay, 500, null, null, null, false)));

    [Test]
    public void Every_option_is_taken() =>
        Assert.That(
            Parse("--model", "Inversion", "a.csv", "--simulations=40", "--sigma", "1e-3", "--output", "o.csv", "--plot", "p.svg", "--verbose"),
            Is.EqualTo(new DecayFitArguments("a.csv", DecayModel.Inversion, 40, 1e-3, "o.csv", "p.svg", true)));

    [TestCase("the argument FILE is missing")]
    [TestCase("expected one FILE, found 2: a.csv, b.csv", "a.csv", "b.csv")]
    [TestCase("--model is one of decay, saturation, inversion, not 'growth'", "a.csv", "--model", "growth")]
    [TestCase("--simulations is 0 or a whole number from 2 to 10000000, not 'many'", "a.csv", "--simulations", "many")]
    [TestCase("--simulations is 0 or a whole number from 2 to 10000000, not '1'", "a.csv", "--simulations", "1")]
    [TestCase("--simulations is 0 or a whole number from 2 to 10000000, not '-5'", "a.csv", "--simulations=-5")]
    [TestCase("--sigma is a number above 0, not '0'", "a.csv", "--sigma", "0")]
    [TestCase("--sigma is a number above 0, not 'NaN'", "a.csv", "--sigma", "NaN")]
    [TestCase("--sigma is a number above 0, not '1,5'", "a.csv", "--sigma", "1,5")]
    [TestCase("option --sigma needs a value", "a.csv", "--sigma")]
    [TestCase("option --sigma needs a value", "a.csv", "--sigma", "--output", "o.csv")]
    [TestCase("--plot is the name of a file, not ' '", "a.csv", "--plot", " ")]
    [TestCase("unknown option 'fast'", "a.csv", "--fast")]
    [TestCase("option --model is given twice", "a.csv", "--model", "decay", "--model", "decay")]
    public void A_wrong_argument_is_named(string message, params string[] args) =>
        Assert.That(Assert.Throws<UsageException>(() => Parse(args))!.Message, Does.StartWith("decay-fit: ").And.Contains(message));

    [Test]
    public void Help_lists_every_option_and_model()
    {
        using var help = new StringWriter(CultureInfo.InvariantCulture);
        Assert.That(DecayFitArguments.Parse(["--help"], help), Is.Null);
        foreach (var word in new[] { "FILE", "--model", "--simulations", "--sigma", "--output", "--plot", "--verbose", "saturation y = a (1 - e^(-k x))", "Exit code" })
        {
            Assert.That(help.ToString(), Does.Contain(word));
        }
    }

    [Test]
    public void An_output_file_appears_whole_and_replaces_what_was_there()
    {
        var path = Path.Combine(_folder, "out.csv");
        File.WriteAllText(path, "old and much longer than what follows");
        var file = OutputFile.At(path, "--output");
        Assert.That(File.ReadAllText(path), Does.StartWith("old"), "nothing is written before the work is done");
        file.Write("new\n");
        Assert.That(File.ReadAllBytes(path), Is.EqualTo("new\n"u8.ToArray()));
        Assert.That(Directory.GetFiles(_folder).Select(Path.GetFileName), Is.EqualTo(new[] { "out.csv" }));
    }

    [Test]
    public void An_output_file_that_is_a_link_is_written_through_it()
    {
        var (target, link) = (Path.Combine(_folder, "target.csv"), Path.Combine(_folder, "link.csv"));
        File.WriteAllText(target, "old");
        File.CreateSymbolicLink(link, target);
        OutputFile.At(link, "--output").Write("new");
        Assert.That((File.ReadAllText(target), new FileInfo(link).LinkTarget), Is.EqualTo(("new", target)));
    }

    [Test]
    public void A_path_that_cannot_be_written_is_refused_before_the_work_starts()
    {
        var missing = Path.Combine(_folder, "missing", "out.csv");
        Assert.That(Assert.Throws<UsageException>(() => OutputFile.At(missing, "--output"))!.Message, Is.EqualTo($"decay-fit: cannot write --output '{missing}': there is no folder '{Path.GetDirectoryName(missing)}'."));
        Assert.That(Assert.Throws<UsageException>(() => OutputFile.At(_folder, "--plot"))!.Message, Is.EqualTo($"decay-fit: cannot write --plot '{_folder}': it is a folder."));
        Assert.That(Assert.Throws<UsageException>(() => OutputFile.At(string.Empty, "--plot"))!.Message, Does.StartWith("decay-fit: cannot write --plot ''"));
        Assert.That(Directory.GetFileSystemEntries(_folder), Is.Empty);
    }

    private static DecayFitArguments? Parse(params string[] args) => DecayFitArguments.Parse(args, TextWriter.Null);
}
