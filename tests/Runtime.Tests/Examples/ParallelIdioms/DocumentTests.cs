using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using HpcRuntime.Examples.ParallelIdioms;
using HpcRuntime.Examples.ParallelIdioms.Loop;
using HpcRuntime.Examples.ParallelIdioms.NativeKernel;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

/// <summary>What docs/examples.md says of these examples: everything above the line where the computations begin.</summary>
public sealed class DocumentTests
{
    private static readonly string Text = File.ReadAllText(RepositoryFiles.PathOf("docs/examples.md")).Split("<!-- computations -->\n")[0];

    [Test]
    public void The_code_in_the_document_is_the_code_that_runs()
    {
        string[] files = ["Grid/GridStyles", "Mutable/MutableApplication", "Loop/Talks", "Raytracer/Picture", "Bottles/Watch", "Indexer/IndexBuilder", "NativeKernel/HeatKernels", "NativeKernel/CoolingCommand"];
        Assert.That(Blocks("csharp"), Is.EqualTo(files.Select(file => File.ReadAllText(RepositoryFiles.PathOf($"examples/ParallelIdioms/{file}.cs")))));
    }

    [Test]
    public void The_output_in_the_document_is_what_the_examples_print()
    {
        Assert.That(Blocks("text"), Is.EqualTo(new[]
        {
            Oracles.Grid,
            Output(new LoopApplication(), "--countdown", "--count", "4"),
            Oracles.PictureOf300x200,
            Oracles.Bottles[Oracles.Bottles.IndexOf("line-1.log: ", System.StringComparison.Ordinal)..],
            Oracles.Indexer,
            Output(new NativeKernelApplication(), "--library", ExampleRun.Kernels),
        }));
    }

    [Test]
    public void There_is_a_section_for_each_example() =>
        Assert.That(Regex.Matches(Text, "^## (.*)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value), Is.EqualTo(new[] { "grid", "mutable", "loop", "raytracer", "bottles", "indexer", "native-kernel" }));

    private static string[] Blocks(string language) =>
        [.. Regex.Matches(Text, $"^```{language}\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Select(match => match.Groups[1].Value)];

    private static string Output(ExampleApplication example, params string[] arguments)
    {
        using var processor = ExampleRun.Load("uni 1");
        return ExampleRun.Run(example, processor, string.Empty, arguments);
    }
}
