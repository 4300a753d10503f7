using System;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using MathNet.Numerics;

namespace HpcRuntime.Examples.Computations;

/// <summary>Many small simulations, each with random numbers of its own.</summary>
[Application("sawsim", "Pulls proteins apart: the forces at which their domains unfold, from simulated force curves.")]
public sealed class SawsimApplication : Application
{
    /// <inheritdoc/>
    public override int Run(Processor processor, string[] args)
    {
        if (!Arguments.TryParse<SawsimOptions>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var isLinear = options.Model == "linear";
        Pulling pulling = isLinear
            ? new LinearPulling { Domains = options.Domains, Rate = new UnfoldingRate(1e-3, 1) }
            : new ProteinPulling { Domains = options.Domains, Rate = new UnfoldingRate(5e-5, 0.225) };
        var cache = options.Cache is { } folder ? CurveCache.In(folder, options, processor.Options.Seed) : null;
        if (cache?.Read() is not { } curves)
        {
            curves = processor.Map(Enumerable.Range(0, options.Curves).ToArray(), (_, slave) => pulling.Forces(slave.Random)).ToArray();
            cache?.Write(curves);
        }

        ForceReport.Write(curves, isLinear ? Gumbel(pulling.Rate) : null, Console.Out);
        return ExitCodes.Success;
    }

    /// <summary>Mean and standard deviation of the unfolding force under constant loading, for Bell's rate.</summary>
    private static (double Mean, double Deviation) Gumbel(UnfoldingRate rate)
    {
        var mode = rate.Scale * Math.Log(Pulling.Stiffness * Pulling.Speed / (rate.AtRest * rate.Scale));
        return (mode - (Constants.EulerMascheroni * rate.Scale), Math.PI * rate.Scale / Math.Sqrt(6));
    }
}
