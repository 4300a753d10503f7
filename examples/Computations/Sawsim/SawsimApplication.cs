using System;
using System.ComponentModel.DataAnnotations;
using System.Linq;
using CommandLine;
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
        if (!Arguments.TryParse<Options>(this, args, Console.Out, out var options))
        {
            return ExitCodes.Success;
        }

        var isLinear = options.Model == "linear";
        Pulling pulling = isLinear
            ? new LinearPulling { Domains = options.Domains, Rate = new UnfoldingRate(1e-3, 1) }
            : new ProteinPulling { Domains = options.Domains, Rate = new UnfoldingRate(5e-5, 0.225) };
        var curves = processor.Map(Enumerable.Range(0, options.Curves).ToArray(), (_, slave) => pulling.Forces(slave.Random)).ToArray();

        ForceReport.Write(curves, isLinear ? Gumbel(pulling.Rate) : null, Console.Out);
        return ExitCodes.Success;
    }

    /// <summary>Mean and standard deviation of the unfolding force under constant loading, for Bell's rate.</summary>
    private static (double Mean, double Deviation) Gumbel(UnfoldingRate rate)
    {
        var mode = rate.Scale * Math.Log(Pulling.Stiffness * Pulling.Speed / (rate.AtRest * rate.Scale));
        return (mode - (Constants.EulerMascheroni * rate.Scale), Math.PI * rate.Scale / Math.Sqrt(6));
    }

    private sealed class Options : ApplicationOptions
    {
        [Option("model", Default = "protein", HelpText = "protein: unfolded domains are worm-like chains. linear: the force rises at a constant rate, for comparison with theory.")]
        [AllowedValues("protein", "linear", ErrorMessage = "protein or linear")]
        public string Model { get; set; } = string.Empty;

        [Option("curves", Default = 400, HelpText = "Curves to simulate.")]
        [Range(1, 10_000_000)]
        public int Curves { get; set; }

        [Option("domains", Default = 8, HelpText = "Domains in a chain.")]
        [Range(1, 1000)]
        public int Domains { get; set; }
    }
}
