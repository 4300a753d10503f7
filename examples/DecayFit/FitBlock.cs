using System;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>A block of simulated refits of one curve, on a slave. It does not use <c>slave.Random</c>, which belongs to the command: its numbers belong to
/// the simulation, so that they stay the same however simulations are cut into blocks and in whatever order the blocks were queued.</summary>
/// <param name="model">What is fitted.</param>
/// <param name="name">The curve's name.</param>
/// <param name="x">Where the points were measured.</param>
/// <param name="sigma">The noise of each point.</param>
/// <param name="weighted">Whether the points weigh by their noise.</param>
/// <param name="best">The fitted parameters.</param>
/// <param name="curve">The key of the curve's random streams.</param>
/// <param name="first">The number of the first simulation.</param>
/// <param name="count">How many.</param>
/// <param name="verbose">Whether to say what is done.</param>
internal sealed class FitBlock(DecayModelKind model, string name, double[] x, double[] sigma, bool weighted, double[] best, RandomKey curve, int first, int count, bool verbose) : SlaveCommand<FitBlockResult>
{
    public override FitBlockResult Run(ISlaveContext slave)
    {
        if (verbose)
        {
            Console.WriteLine(FormattableString.Invariant($"simulating {name} {first} to {first + count - 1}"));
        }

        return new FitBlockResult(first, MonteCarlo.Simulate(DecayModel.Of(model), x, sigma, weighted, best, curve, first, count));
    }
}

/// <summary>What a block of simulations gave.</summary>
/// <param name="First">The number of its first simulation.</param>
/// <param name="Simulated">The parameters, simulation by simulation; NaN for a refit that failed.</param>
internal sealed record FitBlockResult(int First, double[] Simulated);
