using System;
using System.Linq;
using MathNet.Numerics.Statistics;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>The fitted curve and how far the simulated curves scatter about it, over a range of x.</summary>
internal sealed class ErrorBand
{
    private const int Steps = 120;

    /// <summary>Simulations that are drawn on: more do not change the picture.</summary>
    private const int MaxSimulations = 2_000;

    /// <summary>The band of <paramref name="report"/>, whose fit is ok, from <paramref name="low"/> to <paramref name="high"/>.</summary>
    public ErrorBand(CurveReport report, DecayModel model, double low, double high)
    {
        var size = model.ParameterCount;
        var simulated = report.Simulated.Chunk(size).Where(parameters => !double.IsNaN(parameters[0])).Take(MaxSimulations).ToArray();
        X = [.. Enumerable.Range(0, Steps + 1).Select(i => low + ((high - low) * i / Steps))];
        Fit = [.. X.Select(x => model.Value(x, report.Fit.Parameters))];
        Deviation = [.. X.Select(x => simulated.Length < 2 ? 0 : ArrayStatistics.StandardDeviation([.. simulated.Select(parameters => model.Value(x, parameters))]))];
    }

    public double[] X { get; }

    public double[] Fit { get; }

    /// <summary>The standard deviation of the simulated curves at each x; 0 without simulations.</summary>
    public double[] Deviation { get; }

    /// <summary>The outline of <paramref name="centre"/> plus and minus two standard deviations.</summary>
    public (double X, double Y)[] Outline(double[] centre) =>
    [
        .. X.Select((x, i) => (x, centre[i] + (2 * Deviation[i]))),
        .. X.Select((x, i) => (x, centre[i] - (2 * Deviation[i]))).Reverse(),
    ];
}
