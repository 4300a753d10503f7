using System;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.ParallelIdioms;
using HpcRuntime.Examples.ParallelIdioms.Bottles;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

public sealed class ArgumentTests
{
    [TestCase("grid: --style is one of serial, map, queue, managed, start, reusable, continuous, not 'rows'.", "grid", "--style", "rows")]
    [TestCase("grid: --delay is a time such as 5s, 250ms or 1m, not '-1s'.", "grid", "--delay", "-1s")]
    [TestCase("grid: option --delay needs a value.", "grid", "--delay")]
    [TestCase("grid: option --delay needs a value.", "grid", "--delay", "--style", "map")]
    [TestCase("grid: 'map' is one argument too many.", "grid", "map")]
    [TestCase("mutable: unknown option 'fast'.", "mutable", "--fast")]
    [TestCase("loop: --count is a whole number from 0 to 1000000, not 'many'.", "loop", "--count", "many")]
    [TestCase("loop: option --count is given twice.", "loop", "--count", "1", "--count", "2")]
    [TestCase("raytracer: --width is a whole number from 1 to 32768, not '0'.", "raytracer", "--width", "0")]
    [TestCase("raytracer: --output /nosuch/a.png: ", "raytracer", "--output", "/nosuch/a.png")]
    [TestCase("bottles: cannot follow: Could not find file '/nosuch.log'.", "bottles", "/nosuch.log")]
    [TestCase("bottles: --patterns: '(' is no regular expression: ", "bottles", "/dev/null", "--patterns", "a,(")]
    [TestCase("bottles: --by-file goes with --until: ", "bottles", "/dev/null", "--by-file")]
    [TestCase("bottles: --heartbeat is a time such as 5s, 250ms or 1m, not '5 seconds'.", "bottles", "--heartbeat", "5 seconds")]
    [TestCase("indexer: cannot list /nosuch: ", "indexer", "/nosuch")]
    [TestCase("indexer: '/b' is one argument too many.", "indexer", "/a", "/b")]
    [TestCase("native-kernel: --modes is a whole number from 1 to 9, not '10'.", "native-kernel", "--points", "9", "--modes", "10")]
    [TestCase("native-kernel: /nosuch/k.so is not there; build it (gcc and gfortran are needed): hpcrun run native-kernel -- --build --library /nosuch/k.so", "native-kernel", "--library", "/nosuch/k.so")]
    public void What_is_wrong_is_one_line_that_names_it(string message, string example, params string[] arguments)
    {
        using var processor = Processor.Load("uni");
        Assert.That(() => Named(example).Run(processor, arguments, TextReader.Null, TextWriter.Null),
            Throws.TypeOf<UsageException>().With.Message.StartsWith(message).And.Message.Not.Contains("\n"));
    }

    [Test]
    public void Every_example_has_help_and_a_line_for_the_list()
    {
        using var processor = Processor.Load("uni");
        Assert.That(Entries.Select(entry => entry.Attribute.Name).Order(), Is.EqualTo(new[] { "bottles", "grid", "indexer", "loop", "mutable", "native-kernel", "raytracer" }));
        foreach (var (attribute, _) in Entries)
        {
            Assert.That(ExampleRun.Run(Named(attribute.Name), processor, string.Empty, "--help"), Does.StartWith(attribute.Name + " "));
            Assert.That(attribute.Summary, Does.EndWith(".").And.Not.Contains("\n"));
        }
    }

    private static (ApplicationAttribute Attribute, Type Type)[] Entries { get; } =
        [.. typeof(BottlesApplication).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(ExampleApplication))).Select(type => ((ApplicationAttribute)Attribute.GetCustomAttribute(type, typeof(ApplicationAttribute))!, type))];

    private static ExampleApplication Named(string name) => (ExampleApplication)Activator.CreateInstance(Entries.Single(entry => entry.Attribute.Name == name).Type)!;
}
