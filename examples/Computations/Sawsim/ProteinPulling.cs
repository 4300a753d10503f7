using System;
using HpcRuntime.Primitives;
using MathNet.Numerics.Integration;
using MathNet.Numerics.RootFinding;

namespace HpcRuntime.Examples.Computations;

/// <summary>Domains that become a worm-like chain when they unfold and are stiff before: each event lets the force fall, which makes the teeth of a saw.</summary>
internal sealed class ProteinPulling : Pulling
{
    private const double FoldedLength = 3.7; // nm
    private const double ContourLength = 28.1; // nm, of an unfolded domain
    private const int Nodes = 64; // Of the quadrature; 128 change a force by less than 1e-9 pN.
    private const double Accuracy = 1e-12; // Of a relative extension; at the forces that occur 1e-8 pN.

    /// <inheritdoc/>
    public override double[] Forces(RandomStream random)
    {
        var forces = new double[Domains];
        var force = forces[0] = NextUnderConstantLoading(0, Domains, NextDeviate(random));
        for (var unfolded = 1; unfolded < Domains; unfolded++)
        {
            // The base does not move while a domain unfolds: what one rigid length and the force before took up is now shared anew.
            var extension = WormLikeChain.ExtensionAt(force) * (unfolded - 1) * ContourLength;
            force = forces[unfolded] = Next(unfolded, (force / Stiffness) + extension + FoldedLength, NextDeviate(random));
        }

        return forces;
    }

    /// <summary>The force at the next event, when cantilever and chain together are <paramref name="stretch"/> long at the start.</summary>
    private double Next(int unfolded, double stretch, double deviate)
    {
        var length = unfolded * ContourLength;
        var from = Brent.FindRoot(x => (WormLikeChain.Force(x) / Stiffness) + (x * length) - stretch, 0, Math.Min(1 - Accuracy, stretch / length), Accuracy);
        var start = WormLikeChain.Force(from);

        // The chain takes up a part of the way, so that the force rises more slowly than the cantilever alone would let it: that one gives an upper bound.
        var to = WormLikeChain.ExtensionAt(NextUnderConstantLoading(start, Domains - unfolded, deviate));
        return WormLikeChain.Force(Brent.FindRoot(x => Hazard(unfolded, from, x) - deviate, from, to, Accuracy));
    }

    /// <summary>The integral of the rate of all folded domains over the time in which the chain goes from one relative extension to another.</summary>
    private double Hazard(int unfolded, double from, double to)
    {
        var length = unfolded * ContourLength;
        var bending = Rate.Scale * (Rate.Factor(WormLikeChain.Force(to)) - Rate.Factor(WormLikeChain.Force(from))) / Stiffness;
        var stretching = length * GaussLegendreRule.Integrate(x => Rate.Factor(WormLikeChain.Force(x)), from, to, Nodes);
        return (Domains - unfolded) * Rate.AtRest * (bending + stretching) / Speed;
    }
}
