using System;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.ParallelIdioms;
using HpcRuntime.Examples.ParallelIdioms.NativeKernel;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

/// <summary>Examples inside of this process, on slaves wherever the fabric has them.</summary>
internal static class ExampleRun
{
    /// <summary>Fabrics, numbers of slaves, and settings: what <see cref="Load"/> takes.</summary>
    internal static readonly string[] Fabrics = ["uni 1", "thread 1", "thread 3", "process 1 shm", "process 3 shm", "process 1 socket", "process 3 socket"];

    private static readonly Lazy<string> BuiltKernels = new(() =>
    {
        var library = Path.Combine(AppContext.BaseDirectory, "libheat-kernels.so");
        Assert.That(KernelBuild.Compile(library), Is.Null, "The kernels could not be compiled.");
        return library;
    });

    /// <summary>The compiled kernels, beside these tests and so beside their hpcrun. Fails where a compiler is missing, and says which.</summary>
    internal static string Kernels => BuiltKernels.Value;

    internal static Processor Load(string fabric)
    {
        var words = fabric.Split(' ');
        var options = new ProcessorOptions { Slaves = int.Parse(words[1]) };
        return Processor.Load(words[0], words.Length > 2 ? options with { Settings = words.Skip(2).ToDictionary(_ => "process.transport") } : options);
    }

    /// <summary>Runs an example to its end, which must be a good one, with this as its standard input.</summary>
    internal static string Run(ExampleApplication example, Processor processor, string input, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        Assert.That(example.Run(processor, arguments, new StringReader(input), output), Is.Zero);
        return output.ToString();
    }
}
