using System;
using System.Collections.Generic;
using System.Linq;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Where the standard deviation of the measured values comes from.</summary>
internal enum NoiseSource
{
    /// <summary>The <c>sigma</c> column of the file, point by point: the only source that weights the fit.</summary>
    Column,

    /// <summary>The option <c>--sigma</c>.</summary>
    Option,

    /// <summary>Points measured more than once, pooled over all curves.</summary>
    Replicates,

    /// <summary>What the fit of a curve leaves over, curve by curve: known only after the fit.</summary>
    Residuals,
}

/// <summary>The standard deviation of the measured values of all curves of a run.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Sigma">The value where one holds for every point; NaN where it does not.</param>
internal sealed record Noise(NoiseSource Source, double Sigma)
{
    /// <summary>The first of: <c>--sigma</c>, the column, the replicates, the residuals.</summary>
    public static Noise Of(IReadOnlyList<Curve> curves, double? option)
    {
        if (option is { } given)
        {
            return new Noise(NoiseSource.Option, given);
        }

        if (curves.All(curve => curve.Sigma is not null))
        {
            return new Noise(NoiseSource.Column, double.NaN);
        }

        // Replicates that agree to the last digit were copied or rounded: they say nothing about the noise.
        var pooled = FromReplicates(curves);
        return pooled > 0 ? new Noise(NoiseSource.Replicates, pooled) : new Noise(NoiseSource.Residuals, double.NaN);
    }

    /// <summary>The square root of the mean, over every curve and every x measured more than once, of the variance of the replicates; NaN without replicates.
    /// The rule of relax (d'Auvergne and Gooley 2008) for replicated spectra, pooled over all residues.</summary>
    public static double FromReplicates(IReadOnlyList<Curve> curves)
    {
        var variances = curves
            .SelectMany(curve => curve.X.Zip(curve.Y).GroupBy(point => point.First, point => point.Second).Where(group => group.Count() > 1))
            .Select(group => Variance([.. group]))
            .ToArray();
        return variances.Length == 0 ? double.NaN : Math.Sqrt(variances.Sum() / variances.Length);
    }

    private static double Variance(double[] values)
    {
        var mean = values.Sum() / values.Length;
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }
}
