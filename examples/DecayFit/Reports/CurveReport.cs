using System;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>All that was found about one curve.</summary>
internal sealed class CurveReport
{
    /// <summary>The fit of <paramref name="curve"/> and the parameters of its simulations, one after the other; none when there were none.</summary>
    public CurveReport(Curve curve, FitResult fit, double[] simulated)
    {
        Curve = curve;
        Fit = fit;
        Simulated = simulated;
        Deviations = MonteCarlo.Deviations(simulated, Math.Max(1, fit.Parameters.Length));
        FailedSimulations = MonteCarlo.Failures(simulated, Math.Max(1, fit.Parameters.Length));
    }

    public Curve Curve { get; }

    public FitResult Fit { get; }

    /// <summary>The parameters of the simulations, one after the other; NaN for those that failed.</summary>
    public double[] Simulated { get; }

    /// <summary>The standard deviation of each parameter; NaN without simulations.</summary>
    public double[] Deviations { get; }

    /// <summary>Simulations that are left out because their refit failed.</summary>
    public int FailedSimulations { get; }

    /// <summary>Parameter <paramref name="index"/>, NaN where there is none.</summary>
    public double Parameter(int index) => index < Fit.Parameters.Length ? Fit.Parameters[index] : double.NaN;

    /// <summary>Its standard deviation, NaN where there is none.</summary>
    public double Deviation(int index) => index < Fit.Parameters.Length ? Deviations[index] : double.NaN;
}
