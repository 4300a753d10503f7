using System.IO;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Examples.ParallelIdioms.Arguments;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Mutable;

/// <summary>What becomes of changes that a slave makes to what it was given, and how they come home.</summary>
[Application("mutable", "Doubles 100 numbers in the slaves' copies, where it is lost, and with results, where it is not.")]
public sealed class MutableApplication : ExampleApplication
{
    private static readonly ArgumentReader Reader = new("mutable", "takes no arguments: shows that a slave changes its own copies, and how changes come home.");

    /// <inheritdoc/>
    internal override int Run(Processor processor, string[] args, TextReader input, TextWriter output)
    {
        if (Reader.Read<MutableOptions>(args, output) is null)
        {
            return 0;
        }

        var counters = Enumerable.Range(0, 100).Select(value => new Counter { Value = value }).ToArray();
        processor.Map(counters, counter => counter.Double()).Wait();                // each doubles a copy, which is gone with its command
        Print(output, "changed on the slaves", counters);

        counters = processor.Map(counters, counter => counter.Double()).ToArray();  // the copies come home as results
        Print(output, "brought home", counters);

        foreach (var counter in counters)
        {
            counter.Double();                                                       // on the master there is no copy
        }

        Print(output, "changed on the master", counters);
        return 0;
    }

    private static void Print(TextWriter output, string what, Counter[] counters) => output.WriteLine($"{what}: {string.Join(' ', counters.Select(counter => counter.Value))}");

    private sealed class MutableOptions : ExampleOptions;
}
