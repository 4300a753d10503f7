using HpcRuntime.Primitives;

namespace HpcRuntime.Examples.Computations;

/// <summary>A chain that gives nothing when a domain unfolds: the force goes on rising at a constant rate. Then the forces follow a Gumbel distribution whatever the number of domains,
/// which makes it a test: its mean and standard deviation are known.</summary>
internal sealed class LinearPulling : Pulling
{
    /// <inheritdoc/>
    public override double[] Forces(RandomStream random)
    {
        var forces = new double[Domains];
        var force = 0.0;
        for (var unfolded = 0; unfolded < Domains; unfolded++)
        {
            force = forces[unfolded] = NextUnderConstantLoading(force, Domains - unfolded, NextDeviate(random));
        }

        return forces;
    }
}
