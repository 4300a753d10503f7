using System;
using System.IO;
using System.Linq;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance.Run;

/// <summary>docs/writing-a-fabric.md and the fabric it is about.</summary>
public sealed class FabricGuideTests
{
    private static string Root { get; } = FindRoot();

    [Test]
    public void The_guide_quotes_the_fabric_word_for_word()
    {
        var code = File.ReadAllText(Path.Combine(Root, "examples", "LoopbackFabric", "LoopbackFabric.cs")).ReplaceLineEndings("\n").Trim();
        Assert.That(QuotedCode(), Does.Contain($"```csharp\n{code}\n```"));
    }

    [Test]
    public void The_guide_quotes_the_tests_of_the_fabric_word_for_word()
    {
        var lines = File.ReadAllLines(Path.Combine(Root, "tests", "Conformance.Run", "OnLoopback.cs")).Where(line => line.StartsWith("public sealed class", StringComparison.Ordinal)).Take(2);
        foreach (var line in lines)
        {
            Assert.That(QuotedCode(), Does.Contain(line));
        }
    }

    [Test]
    public void A_fabric_of_another_assembly_is_found_by_name_on_the_backend_path()
    {
        using var processor = Processor.Load("loopback", new ProcessorOptions { Slaves = 2, BackendPath = [Fabrics.BackendFolder] });
        Assert.That((processor.FabricName, processor.SlaveCount, processor.Execute(new EchoCommand(7))), Is.EqualTo(("loopback", 2, 7)));
    }

    [Test]
    [TestCase("HpcRuntime.Backends.Loopback.dll")]
    [TestCase("HpcRuntime.Backends.Loopback.dll:HpcRuntime.Backends.Loopback.LoopbackFabric")]
    public void A_fabric_of_another_assembly_is_loaded_by_its_path(string file)
    {
        using var processor = Processor.Load(Path.Combine(Fabrics.BackendFolder, file), slaves: 1);
        Assert.That((processor.FabricName, processor.Execute(new EchoCommand(7))), Is.EqualTo(("loopback", 7)));
    }

    private static string QuotedCode() => File.ReadAllText(Path.Combine(Root, "docs", "writing-a-fabric.md")).ReplaceLineEndings("\n");

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HpcRuntime.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new DirectoryNotFoundException("These tests run inside the repository, where HpcRuntime.sln is.");
    }
}
