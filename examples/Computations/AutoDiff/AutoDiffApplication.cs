using System;
using System.ComponentModel.DataAnnotations;
using System.Linq;
using CommandLine;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>Objects of one's own as items, as results, and as what a function belongs to: the method travels with its object.</summary>
[Application("auto-diff", "A logarithm and its derivative from a power series, by automatic differentiation.")]
public sealed class AutoDiffApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<Options>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var series = new LogSeries(options.Terms);
        var points = Enumerable.Range(0, options.Points).Select(i => Dual.Variable(1 + ((double)i / options.Points))).ToArray();
        foreach (var (x, log) in points.Zip(processor.Map<Dual, Dual>(points, series.At)))
        {
            Console.WriteLine($"ln({x.Value:F6}) = {log.Value:F6}, derivative {log.Derivative:F6}");
        }

        return ExitCodes.Success;
    }

    private sealed class Options : ApplicationOptions
    {
        [Option("terms", Default = 20_000, HelpText = "Terms of the series.")]
        [Range(1, 100_000_000)]
        public int Terms { get; set; }

        [Option("points", Default = 32, HelpText = "Points from 1 on, below 2.")]
        [Range(1, 1_000_000)]
        public int Points { get; set; }
    }
}
