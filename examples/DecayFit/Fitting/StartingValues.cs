using System;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Where a fit starts: for a given rate the other parameters are a linear fit (variable projection, Golub and Pereyra 1973), so a scan over
/// rates finds the valley of the global minimum without a guess from the user. Expects numbers of the order of 1.</summary>
internal static class StartingValues
{
    private const int PerDecade = 8;

    /// <summary>The best parameters on a grid of rates from 0.001 to 1,000 and from -0.001 to -30 (a curve that grows). All NaN when no rate fits at all.</summary>
    public static double[] Scan(DecayModel model, double[] x, double[]? weights, ReadOnlySpan<double> y)
    {
        var minimiser = new LevenbergMarquardt(model, x, weights);
        var best = new double[model.ParameterCount];
        best.AsSpan().Fill(double.NaN);
        var bestCost = double.PositiveInfinity;
        var candidate = new double[model.ParameterCount];
        foreach (var (sign, decades) in ((int, double)[])[(1, 6), (-1, 4.5)])
        {
            for (var i = 0; i <= decades * PerDecade; i++)
            {
                candidate[0] = sign * Math.Pow(10, -3 + (i / (double)PerDecade));
                FitAmplitudes(model, x, weights, y, candidate);
                var cost = minimiser.Cost(y, candidate);
                if (cost < bestCost)
                {
                    bestCost = cost;
                    candidate.CopyTo(best, 0);
                }
            }
        }

        return best;
    }

    /// <summary>Fits all parameters but the rate, which is given.</summary>
    private static void FitAmplitudes(DecayModel model, double[] x, double[]? weights, ReadOnlySpan<double> y, Span<double> parameters)
    {
        var rows = x.Length;
        var columns = model.ParameterCount - 1;
        var basis = new double[rows * columns];
        var right = new double[rows];
        Span<double> unit = stackalloc double[model.ParameterCount];
        for (var j = 0; j < columns; j++)
        {
            unit.Clear();
            unit[0] = parameters[0];
            unit[j + 1] = 1;
            for (var i = 0; i < rows; i++)
            {
                basis[(j * rows) + i] = (weights?[i] ?? 1) * model.Value(x[i], unit);
            }
        }

        for (var i = 0; i < rows; i++)
        {
            right[i] = (weights?[i] ?? 1) * y[i];
        }

        // A basis without full rank gives infinite or NaN amplitudes here, whose cost the scan never prefers.
        LinearLeastSquares.Reduce(basis, rows, columns, right);
        LinearLeastSquares.Solve(basis, rows, columns, right, parameters[1..]);
    }
}
