using System;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>Random numbers that belong to the job and not to the slave: the same estimate on every fabric, for any number of slaves.</summary>
[Application("pi", "Estimates pi by throwing darts, with its standard error.")]
public sealed class PiApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<PiOptions>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var hits = processor.Map(Enumerable.Repeat(options.Darts, options.Jobs).ToArray(), (darts, slave) => Throw(darts, slave.Random)).Sum();
        var thrown = (long)options.Darts * options.Jobs;
        var share = (double)hits / thrown;
        Console.WriteLine($"{hits} of {thrown} darts hit the quarter circle");
        Console.WriteLine($"pi is about {4 * share:F5} with a standard error of {4 * Math.Sqrt(share * (1 - share) / thrown):F5}");
        return ExitCodes.Success;
    }

    private static long Throw(int darts, Random random)
    {
        var hits = 0L;
        for (var dart = 0; dart < darts; dart++)
        {
            var (x, y) = (random.NextDouble(), random.NextDouble());
            hits += (x * x) + (y * y) < 1 ? 1 : 0;
        }

        return hits;
    }
}
