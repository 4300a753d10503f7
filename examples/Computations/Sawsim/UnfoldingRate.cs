using System;

namespace HpcRuntime.Examples.Computations;

/// <summary>How fast a domain unfolds under a force: Bell's rate k(F) = k0 e^(F dx / kT) (Bell, Science 200, 618, 1978).</summary>
/// <param name="AtRest">k0, the rate without a force, in 1/s.</param>
/// <param name="Distance">dx, how far the domain is stretched before it unfolds, in nm.</param>
internal sealed record UnfoldingRate(double AtRest, double Distance)
{
    /// <summary>The force that makes the rate e times as high, in pN.</summary>
    public double Scale => Pulling.ThermalEnergy / Distance;

    /// <summary>How many times the rate at rest it is under a force in pN.</summary>
    public double Factor(double force) => Math.Exp(force / Scale);
}
