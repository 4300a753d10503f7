using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

/// <summary>The examples from the command line.</summary>
[Parallelizable(ParallelScope.None)]
[Platform("Linux")]
internal sealed class EndToEndTests
{
    /// <summary>Each example with what it prints: those that are run with their default arguments, and short forms of others.</summary>
    internal static readonly (string Words, string Output)[] Runs =
    [
        .. new[] { "map", "queue", "managed", "start", "reusable", "continuous" }.Select(style => ($"grid --style {style} --delay 1ms", Oracles.Grid)),
        ("mutable", Oracles.Mutable),
        ("loop", Oracles.Loop),
        ("raytracer", Oracles.PictureOf300x200),
        ("bottles", Oracles.Bottles),
        ("bottles --heartbeat 1m", Oracles.Bottles),
        ("indexer", Oracles.Indexer),
    ];

    internal static IEnumerable<TestCaseData> Cases => Runs.Select(run => new TestCaseData(run.Words, run.Output).SetArgDisplayNames(run.Words));

    [TestCaseSource(nameof(Cases))]
    public void An_example_prints_what_it_must(string words, string expected)
    {
        var (code, output, error) = HpcrunProcess.Run(Command(words, "--processor", "process", "-n", "2"));
        Assert.That((code, error), Is.EqualTo((0, string.Empty)));
        Assert.That(output, Is.EqualTo(expected));
    }

    [Test]
    public void Kernels_are_built_on_demand_and_then_used()
    {
        var library = Path.Combine(Directory.CreateTempSubdirectory("kernels-").FullName, "kernels.so");
        try
        {
            var missing = HpcrunProcess.Run(Command($"native-kernel --library {library}"));
            Assert.That((missing.Code, missing.Output), Is.EqualTo((2, string.Empty)));
            Assert.That(missing.Error, Is.EqualTo($"error: native-kernel: {library} is not there; build it (gcc and gfortran are needed): hpcrun run native-kernel -- --build --library {library}\n"));

            var built = HpcrunProcess.Run(Command($"native-kernel --build --library {library}", "--processor", "process", "-n", "2"));
            Assert.That((built.Code, built.Error), Is.EqualTo((0, string.Empty)));
            Assert.That(built.Output, Does.EndWith("\nall agree\n"));
            Assert.That(HpcrunProcess.Run(Command($"native-kernel --library {library}")), Is.EqualTo((0, built.Output, string.Empty)));
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(library)!, recursive: true);
        }
    }

    [Test]
    public void A_compiler_that_is_missing_is_named()
    {
        var (code, _, error) = HpcrunProcess.Run([("PATH", "/nosuch")], Command("native-kernel --build --library /tmp/never.so"));
        Assert.That((code, error), Is.EqualTo((2, "error: native-kernel: cannot start gcc (")).Using<(int, string)>((found, expected) => found.Item1 == expected.Item1 && found.Item2.StartsWith(expected.Item2, StringComparison.Ordinal)));
        Assert.That(error, Does.EndWith("; install it (Debian package gcc).\n"));
    }

    [TestCase("uni")]
    [TestCase("thread")]
    [TestCase("process")]
    public void The_large_picture_is_the_same_to_the_bit(string fabric) =>
        Assert.That(HpcrunProcess.Run(Command("raytracer --width 3840 --height 2160", "--processor", fabric)), Is.EqualTo((0, Oracles.PictureOf3840x2160, string.Empty)));

    [TestCase("uni")]
    [TestCase("thread")]
    [TestCase("process")]
    public void What_matches_is_shown_while_files_grow_and_silence_is_told(string fabric)
    {
        var folder = Directory.CreateTempSubdirectory("bottles-").FullName;
        try
        {
            var (one, two) = (Path.Combine(folder, "one.log"), Path.Combine(folder, "two.log"));
            File.WriteAllText(one, "pants that hang there already\n");
            File.WriteAllText(two, string.Empty);
            using var bottles = HpcrunProcess.Start(Command($"bottles {one} {two} --heartbeat 100ms --until END", "--processor", fabric, "-n", "1"));
            bottles.WaitForLine("no match for 0.1 s");
            File.AppendAllText(one, "hay\nshort trous");
            File.AppendAllText(two, "shorts over trousers\n");
            Assert.That(bottles.WaitForLine("two.log"), Is.EqualTo($"{two} [trousers] shorts over trousers"));
            Assert.That(bottles.WaitForLine("two.log"), Is.EqualTo($"{two} [shorts] shorts over trousers"));
            bottles.WaitForLine("no match for 0.1 s");
            File.AppendAllText(one, "ers\n");
            Assert.That(bottles.WaitForLine("one.log"), Is.EqualTo($"{one} [trousers] short trousers"));
            File.AppendAllText(one, "END\n");
            File.AppendAllText(two, "END\n");
            var (code, output, error) = bottles.WaitForExit();

            Assert.That((code, error), Is.EqualTo((0, string.Empty)));
            Assert.That(output, Does.EndWith($"{one}: pants 0, trousers 1, shorts 0\n{two}: pants 0, trousers 1, shorts 1\n").And.Not.Contains("already").And.Not.Contains("hay"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What hpcrun is told: the first word is the application, the others are its arguments.</summary>
    internal static string[] Command(string words, params string[] options) => ["run", words.Split(' ')[0], .. options, "--", .. words.Split(' ').Skip(1)];
}
