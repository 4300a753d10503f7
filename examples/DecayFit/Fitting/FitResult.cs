using System;
using System.Linq;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>What the fit of one curve gave.</summary>
/// <param name="Status"><see cref="Ok"/>, or why the curve could not be fitted.</param>
/// <param name="Parameters">In the order of the model; empty when it could not be fitted.</param>
/// <param name="ChiSquared">The sum of ((y - f) / sigma)^2.</param>
/// <param name="Sigma">The standard deviation of the points; the root of their mean square where they differ.</param>
internal sealed record FitResult(string Status, double[] Parameters, double ChiSquared, double Sigma)
{
    /// <summary>The status of a curve that was fitted.</summary>
    public const string Ok = "ok";

    public bool IsOk => Status == Ok;

    /// <summary>Fits <paramref name="curve"/> and weighs what is left over by <paramref name="noise"/>. Never throws for what the data are.</summary>
    public static FitResult Of(DecayModel model, Curve curve, Noise noise)
    {
        // Residuals say how large the noise is only where a point more than parameters was measured.
        var needed = model.ParameterCount + (noise.Source == NoiseSource.Residuals ? 1 : 0);
        if (curve.X.Length < needed)
        {
            return Failed(FormattableString.Invariant($"too few points: {curve.X.Length} where {needed} are needed"));
        }

        if (curve.DistinctX < model.ParameterCount)
        {
            return Failed(FormattableString.Invariant($"too few different x: {curve.DistinctX} where {model.ParameterCount} are needed"));
        }

        var weights = noise.Source == NoiseSource.Column ? curve.Sigma : null;
        var parameters = new double[model.ParameterCount];
        switch (new CurveFitter(model, curve.X, weights).Fit(curve.Y, parameters))
        {
            case FitEnding.NotConverged:
                return Failed("the fit did not converge");
            case FitEnding.NotDetermined:
                return Failed("the points do not determine the parameters");
            default:
                break;
        }

        var residuals = curve.X.Zip(curve.Y, (x, y) => y - model.Value(x, parameters)).ToArray();
        var sigma = noise.Source switch
        {
            NoiseSource.Column => Math.Sqrt(MeanSquare(curve.Sigma!, curve.X.Length)),
            NoiseSource.Residuals => Math.Sqrt(MeanSquare(residuals, curve.X.Length - model.ParameterCount)),
            _ => noise.Sigma,
        };
        var chiSquared = residuals.Select((residual, i) => residual / (weights?[i] ?? sigma)).Sum(ratio => ratio * ratio);

        // Points that lie on the curve to the last bit leave 0 / 0.
        return sigma == 0 ? new FitResult(Ok, parameters, 0, 0)
            : double.IsFinite(chiSquared) && double.IsFinite(sigma) ? new FitResult(Ok, parameters, chiSquared, sigma)
            : Failed("the numbers are too large or too small to fit");
    }

    private static FitResult Failed(string status) => new(status, [], double.NaN, double.NaN);

    private static double MeanSquare(double[] values, int count) => values.Sum(value => value * value) / count;
}
