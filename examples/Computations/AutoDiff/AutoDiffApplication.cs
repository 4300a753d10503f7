using System;
using System.Linq;
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
        if (!Arguments.TryParse<AutoDiffOptions>(this, args, Console.Out, out var options))
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
}
