using System;
using System.IO;
using System.Linq;
using System.Runtime.Loader;
using HpcRuntime.Backends.Sketch;
using HpcRuntime.Fabrics;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Fabrics;

internal sealed class FabricCatalogueTests
{
    private static readonly string[] Known = ["uni", "thread"];

    [TestCase("sketch")]
    [TestCase("Sketch")]
    public void A_fabric_of_the_application_is_found_by_name(string name)
    {
        using var fabric = new FabricCatalogue().Create(name);

        Assert.That(fabric, Is.InstanceOf<SketchFabric>());
    }

    [Test]
    public void Fabrics_that_are_not_built_yet_are_not_listed()
    {
        Assert.That(new FabricCatalogue().Names, Does.Contain("sketch").And.Contain("process").And.Contain("mpi"));
    }

    [Test]
    public void A_fabric_on_the_backend_path_is_listed_and_found()
    {
        var catalogue = new FabricCatalogue(["/no/such/folder", Path.GetDirectoryName(TestApplications.Assembly)!]);

        using var fabric = catalogue.Create("SAMPLE");

        Assert.That(catalogue.Names, Does.Contain("sample"));
        Assert.That(fabric.Name, Is.EqualTo("sample"));
    }

    [TestCase("")]
    [TestCase(":HpcRuntime.Backends.Sample.SampleFabric")]
    public void A_fabric_is_loaded_from_a_file_in_a_context_of_its_own(string type)
    {
        using var fabric = new FabricCatalogue().Create(TestApplications.Assembly + type);

        Assert.That(fabric.Name, Is.EqualTo("sample"));
        Assert.That(AssemblyLoadContext.GetLoadContext(fabric.GetType().Assembly), Is.Not.SameAs(AssemblyLoadContext.Default));
        Assert.That(fabric.GetType().BaseType, Is.SameAs(typeof(Fabric)));
    }

    [Test]
    public void An_assembly_is_loaded_once()
    {
        using var first = new FabricCatalogue().Create(TestApplications.Assembly);
        using var second = new FabricCatalogue().Create(TestApplications.Assembly);

        Assert.That(second.GetType(), Is.SameAs(first.GetType()));
    }

    [Test]
    public void A_file_that_is_not_there_or_holds_no_such_fabric_is_told()
    {
        var catalogue = new FabricCatalogue();

        Assert.That(() => catalogue.Create("no/such/My.dll"), Throws.TypeOf<UnknownFabricException>().With.Message.Contains("there is no file"));
        Assert.That(() => catalogue.Create(TestApplications.Assembly + ":My.Fabric"), Throws.TypeOf<UnknownFabricException>().With.Message.Contains("it has HpcRuntime.Backends.Sample.SampleFabric"));
        Assert.That(() => catalogue.Create(typeof(Fabric).Assembly.Location), Throws.TypeOf<UnknownFabricException>().With.Message.Contains("it has none"));
    }

    [Test]
    public void A_file_that_is_no_assembly_is_told_and_does_not_disturb_the_path()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "Native.dll");
            File.WriteAllText(file, "not an assembly");

            Assert.That(() => new FabricCatalogue().Create(file), Throws.TypeOf<UnknownFabricException>().With.Message.Contains("not a .NET assembly"));
            Assert.That(new FabricCatalogue([folder.FullName]).Names, Does.Contain("sketch"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestCase("nosuch", "Unknown fabric 'nosuch'; known: uni, thread.")]
    [TestCase("thraed", "did you mean 'thread'?")]
    [TestCase("threading", "did you mean 'thread'?")]
    [TestCase("mpi4py", "did you mean 'mpi'?")]
    [TestCase("subproc", "did you mean 'process'?")]
    [TestCase("multiprocessing", "did you mean 'process'?")]
    public void An_unknown_name_lists_the_known_ones_and_guesses(string name, string expected)
    {
        var error = new UnknownFabricException(name, Known);

        Assert.That(error.Message, Does.Contain(expected).And.Contain("known: uni, thread"));
        Assert.That(error.FabricName, Is.EqualTo(name));
    }

    [Test]
    public void Only_a_type_named_by_the_convention_is_a_fabric_by_name()
    {
        Assert.That(FabricTypeFinder.NameOf("HpcRuntime.Backends.Mine", "MineFabric"), Is.EqualTo("mine"));
        Assert.That(new[] { ("HpcRuntime.Backends.Mine", "YourFabric"), ("Mine", "MineFabric"), ("HpcRuntime.Backends.Mine", "Mine") }.Select(pair => FabricTypeFinder.NameOf(pair.Item1, pair.Item2)), Is.All.Null);
        Assert.That(() => new FabricCatalogue().Create(" "), Throws.InstanceOf<ArgumentException>());
    }
}
