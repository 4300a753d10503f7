using System;
using MathNet.Numerics.RootFinding;

namespace HpcRuntime.Examples.Computations;

/// <summary>The entropic spring of a flexible chain (Marko and Siggia, Macromolecules 28, 8759, 1995: their interpolation formula), persistence length 0.4 nm, 300 K.</summary>
internal static class WormLikeChain
{
    private const double PersistenceLength = 0.4; // nm
    private const double Unit = Pulling.ThermalEnergy / PersistenceLength;

    /// <summary>The force in pN at an end-to-end distance of so many contour lengths, from 0 to less than 1.</summary>
    public static double Force(double extension)
    {
        var slack = 1 - extension;
        return Unit * ((1 / (4 * slack * slack)) - 0.25 + extension);
    }

    /// <summary>The end-to-end distance in contour lengths under a force in pN, 0 or more.</summary>
    public static double ExtensionAt(double force)
    {
        // Force(x) is more than Unit / (4 (1 - x)^2) - Unit / 4, which can be solved for x.
        var bound = 1 - (0.5 / Math.Sqrt((force / Unit) + 0.25));
        return force <= 0 ? 0 : Brent.FindRoot(x => Force(x) - force, 0, bound, 1e-14);
    }
}
