using System;
using HpcRuntime.Primitives;

namespace HpcRuntime.Examples.Computations;

/// <summary>A chain of folded domains that is pulled at constant speed until all have unfolded, one after the other: velocity clamp, as in force spectroscopy.
/// Units are pN, nm and s.</summary>
/// <remarks>An event is drawn exactly, not step by step: a domain unfolds where the integral of the rate of all folded ones has grown by an exponential deviate
/// (the inverse of the waiting time's distribution). So no step can hold two events, and there is no step to choose.</remarks>
internal abstract class Pulling
{
    /// <summary>kT at 300 K in pN nm.</summary>
    public const double ThermalEnergy = 1.380649e-2 * 300;

    /// <summary>How fast the cantilever's base moves, in nm/s.</summary>
    public const double Speed = 1000;

    /// <summary>The cantilever's stiffness, in pN/nm.</summary>
    public const double Stiffness = 50;

    /// <summary>How many domains there are.</summary>
    public required int Domains { get; init; }

    /// <summary>How a domain unfolds.</summary>
    public required UnfoldingRate Rate { get; init; }

    /// <summary>Pulls once: the force at which each domain unfolded, in pN, in the order in which they did.</summary>
    public abstract double[] Forces(RandomStream random);

    /// <summary>The force at the next event while it rises from <paramref name="from"/> as the cantilever alone lets it, <paramref name="folded"/> domains being left.</summary>
    protected double NextUnderConstantLoading(double from, int folded, double deviate)
    {
        // The integral of N k0 e^(F/scale) dF / (stiffness speed) from one force to the other, solved for the other.
        var growth = deviate * Stiffness * Speed / (folded * Rate.AtRest * Rate.Scale);
        return from + (Rate.Scale * Math.Log(1 + (growth / Rate.Factor(from))));
    }

    /// <summary>An exponential deviate of mean 1.</summary>
    protected static double NextDeviate(RandomStream random) => -Math.Log(1 - random.NextDouble());
}
