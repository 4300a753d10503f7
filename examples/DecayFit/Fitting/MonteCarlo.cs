using System;
using System.Linq;
using HpcRuntime.Primitives;
using MathNet.Numerics.Statistics;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Errors by simulation: the fitted curve with fresh noise on it is fitted again and again; how the parameters scatter is their error
/// (Press et al., Numerical Recipes, 15.6; relax's back-calculated Monte Carlo simulations).</summary>
internal static class MonteCarlo
{
    /// <summary>Simulations in one command: constant, so that results cannot depend on how many slaves there are.</summary>
    public const int BlockSize = 50;

    /// <summary>Refits <paramref name="count"/> simulated curves.</summary>
    /// <param name="model">What is fitted.</param>
    /// <param name="x">Where the points were measured.</param>
    /// <param name="sigma">The noise of each point.</param>
    /// <param name="weighted">Whether the points weigh by their noise, as in the fit of the measured curve.</param>
    /// <param name="best">The fitted parameters.</param>
    /// <param name="curve">The key of the curve: simulation i draws from its child i, whatever block it is in.</param>
    /// <param name="first">The number of the first simulation.</param>
    /// <param name="count">How many.</param>
    /// <returns>The parameters, simulation by simulation; NaN for a simulation whose refit failed.</returns>
    public static double[] Simulate(DecayModel model, double[] x, double[] sigma, bool weighted, double[] best, RandomKey curve, int first, int count)
    {
        var fitter = new CurveFitter(model, x, weighted ? sigma : null);
        var fitted = x.Select(value => model.Value(value, best)).ToArray();
        var y = new double[x.Length];
        var simulated = new double[count * model.ParameterCount];
        for (var i = 0; i < count; i++)
        {
            var random = new RandomStream(curve.Child(first + i));
            for (var point = 0; point < y.Length; point++)
            {
                y[point] = fitted[point] + (sigma[point] * random.NextGaussian());
            }

            var parameters = simulated.AsSpan(i * model.ParameterCount, model.ParameterCount);
            best.CopyTo(parameters);
            if (fitter.Refit(y, parameters) != FitEnding.Converged)
            {
                parameters.Fill(double.NaN);
            }
        }

        return simulated;
    }

    /// <summary>The key of the <paramref name="index"/>-th curve of a file. Run 0 is none of the processor's: its runs count from 1.</summary>
    public static RandomKey CurveKey(long seed, int index) => RandomKey.Of(seed, 0, index);

    /// <summary>The standard deviation (n - 1) of each parameter over the simulations that did not fail; NaN where there are fewer than two.</summary>
    public static double[] Deviations(double[] simulated, int parameterCount) =>
        [.. Enumerable.Range(0, parameterCount).Select(j => ArrayStatistics.StandardDeviation([.. simulated.Where((value, i) => i % parameterCount == j && !double.IsNaN(value))]))];

    /// <summary>How many simulations failed.</summary>
    public static int Failures(double[] simulated, int parameterCount) => simulated.Where((value, i) => i % parameterCount == 0 && double.IsNaN(value)).Count();
}
