using System;
using System.Linq;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Fits curves measured at the same x: brings x and y to the order of 1, finds a start, minimises, and scales back.
/// Deterministic to the last bit. Not thread-safe.</summary>
internal sealed class CurveFitter
{
    private readonly DecayModel _model;
    private readonly double[] _x;
    private readonly double[]? _weights;
    private readonly double _xScale;
    private readonly LevenbergMarquardt _minimiser;
    private readonly double[] _y;

    /// <summary>A fitter for curves measured at <paramref name="x"/>.</summary>
    /// <param name="model">What is fitted.</param>
    /// <param name="x">Finite.</param>
    /// <param name="sigma">Standard deviations, point by point, above 0; null for points of equal weight.</param>
    public CurveFitter(DecayModel model, double[] x, double[]? sigma)
    {
        _model = model;
        _xScale = Scale(x);
        _x = [.. x.Select(value => value / _xScale)];
        if (sigma is not null)
        {
            // The largest weight is 1: weights in the units of y would undo the scaling.
            var least = sigma.Min();
            _weights = [.. sigma.Select(value => least / value)];
        }

        _minimiser = new LevenbergMarquardt(model, _x, _weights);
        _y = new double[x.Length];
    }

    /// <summary>Fits from a start found in the data.</summary>
    /// <param name="y">Finite; at least as many as parameters.</param>
    /// <param name="parameters">The fitted parameters, in the order of the model.</param>
    public FitEnding Fit(ReadOnlySpan<double> y, Span<double> parameters)
    {
        var yScale = TakeY(y);
        StartingValues.Scan(_model, _x, _weights, _y).CopyTo(parameters);
        return Minimise(yScale, parameters);
    }

    /// <summary>Fits from the parameters given, such as those of the curve that <paramref name="y"/> was simulated from.</summary>
    public FitEnding Refit(ReadOnlySpan<double> y, Span<double> parameters)
    {
        var yScale = TakeY(y);
        parameters[0] *= _xScale;
        for (var j = 1; j < parameters.Length; j++)
        {
            parameters[j] /= yScale;
        }

        return Minimise(yScale, parameters);
    }

    private FitEnding Minimise(double yScale, Span<double> parameters)
    {
        var ending = _minimiser.Minimise(_y, parameters);
        parameters[0] /= _xScale;
        var finite = double.IsFinite(parameters[0]);
        for (var j = 1; j < parameters.Length; j++)
        {
            parameters[j] *= yScale;
            finite &= double.IsFinite(parameters[j]);
        }

        return ending == FitEnding.Converged && !finite ? FitEnding.NotConverged : ending;
    }

    private double TakeY(ReadOnlySpan<double> y)
    {
        var scale = Scale(y);
        for (var i = 0; i < y.Length; i++)
        {
            _y[i] = y[i] / scale;
        }

        return scale;
    }

    private static double Scale(ReadOnlySpan<double> values)
    {
        var scale = 0.0;
        foreach (var value in values)
        {
            scale = Math.Max(scale, Math.Abs(value));
        }

        return scale > 0 ? scale : 1;
    }
}
