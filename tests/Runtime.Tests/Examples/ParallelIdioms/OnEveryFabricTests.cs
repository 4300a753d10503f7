using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.ParallelIdioms.Bottles;
using HpcRuntime.Examples.ParallelIdioms.Grid;
using HpcRuntime.Examples.ParallelIdioms.Indexer;
using HpcRuntime.Examples.ParallelIdioms.Loop;
using HpcRuntime.Examples.ParallelIdioms.Mutable;
using HpcRuntime.Examples.ParallelIdioms.NativeKernel;
using HpcRuntime.Examples.ParallelIdioms.Raytracer;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

/// <summary>Every example prints the same on every fabric.</summary>
[TestFixtureSource(typeof(ExampleRun), nameof(ExampleRun.Fabrics))]
[Platform("Linux")]
internal sealed class OnEveryFabricTests(string fabric)
{
    private static readonly Dictionary<string, byte[]> Pictures = [];
    private Processor _processor = null!;
    private string _folder = null!;

    [OneTimeSetUp]
    public void Load() => (_processor, _folder) = (ExampleRun.Load(fabric), Directory.CreateTempSubdirectory("examples-").FullName);

    [OneTimeTearDown]
    public void Close()
    {
        _processor?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestCase("serial")]
    [TestCase("map")]
    [TestCase("queue")]
    [TestCase("managed")]
    [TestCase("start")]
    [TestCase("reusable")]
    [TestCase("continuous")]
    public void The_grid_is_the_same_in_every_style(string style) =>
        Assert.That(ExampleRun.Run(new GridApplication(), _processor, string.Empty, "--style", style, "--delay", "1ms"), Is.EqualTo(Oracles.Grid));

    [Test]
    public void Changes_to_a_slaves_copies_are_lost_and_changes_that_are_returned_come_home() =>
        Assert.That(ExampleRun.Run(new MutableApplication(), _processor, string.Empty), Is.EqualTo(Oracles.Mutable));

    [Test]
    public void A_hundred_numbers_are_answered_and_then_it_is_done() =>
        Assert.That(ExampleRun.Run(new LoopApplication(), _processor, string.Empty), Is.EqualTo(Oracles.Loop));

    [Test]
    public void Both_ends_of_a_countdown_speak_in_turn() =>
        Assert.That(ExampleRun.Run(new LoopApplication(), _processor, string.Empty, "--countdown", "--count", "20"), Is.EqualTo(Oracles.Countdown));

    [Test]
    public void The_picture_is_the_same_to_the_bit()
    {
        using var fresh = ExampleRun.Load(fabric); // A picture is the first run of its processor, which its random numbers depend on.
        var file = Path.Combine(_folder, "picture.png");
        Assert.That(ExampleRun.Run(new RaytracerApplication(), fresh, string.Empty, "--output", file), Is.EqualTo(Oracles.PictureOf300x200));
        Pictures[fabric] = File.ReadAllBytes(file);
        Assert.That(Pictures[fabric], Is.EqualTo(Pictures.First().Value), $"As on {Pictures.First().Key}.");
    }

    [Test]
    public void Every_line_is_found_once_for_each_pattern_it_matches() =>
        Assert.That(ExampleRun.Run(new BottlesApplication(), _processor, string.Empty), Is.EqualTo(Oracles.Bottles));

    [Test]
    public void Files_that_are_there_already_are_read_from_their_starts_when_asked()
    {
        var files = Enumerable.Range(0, 5).Select(number => Path.Combine(_folder, $"{number}.log")).ToArray();
        foreach (var (number, file) in files.Index())
        {
            File.WriteAllText(file, string.Concat(Enumerable.Range(0, 20_000).Select(line => line % 1000 == number ? $"  needle {line} \r\n" : "hay, nothing but hay\n")) + "END\nneedle behind the end\n");
        }

        var output = ExampleRun.Run(new BottlesApplication(), _processor, string.Empty, [.. files, "--patterns", "^need,[0-9]$", "--from-start", "--until", "END", "--by-file"]);
        Assert.That(output, Is.EqualTo(
            string.Concat(files.Index().SelectMany(file => Enumerable.Range(0, 20).SelectMany(k => new[] { "^need", "[0-9]$" }.Select(pattern => $"{file.Item} [{pattern}] needle {(1000 * k) + file.Index}\n"))))
            + string.Concat(files.Select(file => $"{file}: ^need 20, [0-9]$ 20\n"))));
    }

    [Test]
    public void The_index_of_a_tree_is_that_of_one_file_after_the_other()
    {
        var tree = Directory.CreateDirectory(Path.Combine(_folder, "tree", "deep")).Parent!.FullName;
        File.WriteAllText(Path.Combine(tree, "b.txt"), "Don't \"hello\" hello world-wide\n\nhelp!\t42nd");
        File.WriteAllText(Path.Combine(tree, "a.html"), "<p class='help>'>hello&nbsp;again</p><script>helpless()</script>");
        File.WriteAllText(Path.Combine(tree, "deep", "c.md"), "Hello helium");
        File.WriteAllBytes(Path.Combine(tree, "d.bin"), [0, 1, 2]);
        Assert.That(ExampleRun.Run(new IndexerApplication(), _processor, "hel\n\nnobody\n", tree), Is.EqualTo(
            "3 files, 8 words, 9 entries\nnot text: d.bin\n"
            + "prefix: helium: deep/c.md\nhello: a.html, b.txt\nhelp: b.txt\n"
            + "prefix: 42nd: b.txt\nDon: b.txt\nHello: deep/c.md\nagain: a.html\nhelium: deep/c.md\nhello: a.html, b.txt\nhelp: b.txt\nworld: b.txt\n"
            + "prefix: no word begins with 'nobody'\nprefix: \n"));
    }

    [Test]
    public void The_sample_texts_give_the_index_that_one_thread_makes_of_them()
    {
        var alone = new WordIndex();
        foreach (var document in Enumerable.Range(0, 40).Select(number => new SampleDocument(number)))
        {
            alone.Add(document.Name, [.. document.Read().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Distinct()]);
        }

        var all = string.Concat(alone.Find(string.Empty).Select(found => $"{found.Word}: {string.Join(", ", found.Documents)}\n"));
        Assert.That(ExampleRun.Run(new IndexerApplication(), _processor, string.Empty), Is.EqualTo(Oracles.Indexer));
        Assert.That(ExampleRun.Run(new IndexerApplication(), _processor, string.Empty, "--prefix", " "), Is.EqualTo($"40 files, 2000 words, {alone.EntryCount} entries\n{all}"));
    }

    [Test]
    public void C_and_Fortran_agree_with_theory()
    {
        var output = ExampleRun.Run(new NativeKernelApplication(), _processor, string.Empty, "--library", ExampleRun.Kernels);
        Assert.That(output, Does.StartWith("mode 1: 0.853907968, in theory 0.853907968\n").And.EndsWith("\nall agree\n"));
    }
}
