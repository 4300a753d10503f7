using System;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>How a minimisation ended.</summary>
internal enum FitEnding
{
    /// <summary>At a minimum.</summary>
    Converged,

    /// <summary>Out of iterations, or no step helped.</summary>
    NotConverged,

    /// <summary>Where it ended, some change of the parameters changes no point.</summary>
    NotDetermined,
}

/// <summary>Levenberg-Marquardt (Marquardt 1963; damping scaled by the columns of the Jacobian, each step solved by QR as in Moré 1978) for a
/// <see cref="DecayModel"/>. Expects numbers of the order of 1. Holds its workspace: not thread-safe, and free of allocations after the first point.</summary>
internal sealed class LevenbergMarquardt
{
    /// <summary>Steps after which a fit has not converged.</summary>
    public const int MaxIterations = 200;

    /// <summary>Relative length of the undamped step below which a fit has converged.</summary>
    private const double StepTolerance = 1e-10;

    /// <summary>Below this a parameter's step is measured as if the parameter were this large.</summary>
    private const double ParameterFloor = 1e-3;

    /// <summary>The least ratio of R's diagonal elements (columns of length 1) that still tells the parameters apart.</summary>
    private const double RankTolerance = 1e-9;

    private readonly DecayModel _model;
    private readonly double[] _x;
    private readonly double[]? _weights;
    private readonly int _rows;
    private readonly int _columns;
    private readonly double[] _jacobian;
    private readonly double[] _residuals;
    private readonly double[] _lengths;
    private readonly double[] _step;
    private readonly double[] _trial;
    private readonly double[] _damped;
    private readonly double[] _dampedRight;

    /// <summary>A minimiser for curves measured at <paramref name="x"/>; each residual is multiplied by its weight, where there are any.</summary>
    public LevenbergMarquardt(DecayModel model, double[] x, double[]? weights)
    {
        _model = model;
        _x = x;
        _weights = weights;
        _rows = x.Length;
        _columns = model.ParameterCount;
        _jacobian = new double[_rows * _columns];
        _residuals = new double[_rows];
        _lengths = new double[_columns];
        _step = new double[_columns];
        _trial = new double[_columns];
        _damped = new double[2 * _columns * _columns];
        _dampedRight = new double[2 * _columns];
    }

    /// <summary>Moves <paramref name="parameters"/> to the nearest minimum of the sum of squares.</summary>
    /// <param name="y">As many values as there are x, at least as many as parameters.</param>
    /// <param name="parameters">In: where to start. Out: where it ended.</param>
    public FitEnding Minimise(ReadOnlySpan<double> y, Span<double> parameters)
    {
        var cost = Cost(y, parameters);
        var damping = 1e-3;
        var determined = true;
        for (var iteration = 0; iteration < MaxIterations && double.IsFinite(cost); iteration++)
        {
            if (!Linearise(y, parameters))
            {
                return FitEnding.NotDetermined;
            }

            determined = IsDetermined();
            if (determined && UndampedStepIsNegligible(parameters))
            {
                Add(parameters, _step, parameters);
                return double.IsFinite(Cost(y, parameters)) ? FitEnding.Converged : FitEnding.NotConverged;
            }

            if (!Advance(y, parameters, ref cost, ref damping))
            {
                // No step of any length lowers the sum: at the floor of rounding that is the minimum, elsewhere it is a failure.
                var promised = SumOfSquares(_residuals.AsSpan(0, _columns));
                return !determined ? FitEnding.NotDetermined : promised <= 1e-12 * cost ? FitEnding.Converged : FitEnding.NotConverged;
            }
        }

        return determined ? FitEnding.NotConverged : FitEnding.NotDetermined;
    }

    /// <summary>The weighted sum of squares; infinite or NaN where the model overflows.</summary>
    public double Cost(ReadOnlySpan<double> y, ReadOnlySpan<double> parameters)
    {
        var sum = 0.0;
        for (var i = 0; i < _rows; i++)
        {
            var residual = Weight(i) * (y[i] - _model.Value(_x[i], parameters));
            sum += residual * residual;
        }

        return sum;
    }

    /// <summary>Leaves R (of columns of length 1) in the Jacobian and the turned residuals. False when a parameter moves no point.</summary>
    private bool Linearise(ReadOnlySpan<double> y, ReadOnlySpan<double> parameters)
    {
        Span<double> gradient = stackalloc double[_columns];
        for (var i = 0; i < _rows; i++)
        {
            _residuals[i] = Weight(i) * (y[i] - _model.Value(_x[i], parameters));
            _model.Gradient(_x[i], parameters, gradient);
            for (var j = 0; j < _columns; j++)
            {
                _jacobian[(j * _rows) + i] = Weight(i) * gradient[j];
            }
        }

        for (var j = 0; j < _columns; j++)
        {
            var column = _jacobian.AsSpan(j * _rows, _rows);
            _lengths[j] = Math.Sqrt(SumOfSquares(column));
            if (!(_lengths[j] > 0 && double.IsFinite(_lengths[j])))
            {
                return false;
            }

            for (var i = 0; i < _rows; i++)
            {
                column[i] /= _lengths[j];
            }
        }

        LinearLeastSquares.Reduce(_jacobian, _rows, _columns, _residuals);
        return true;
    }

    private bool IsDetermined()
    {
        var least = double.PositiveInfinity;
        for (var j = 0; j < _columns; j++)
        {
            least = Math.Min(least, Math.Abs(_jacobian[(j * _rows) + j]));
        }

        return least > RankTolerance;
    }

    private bool UndampedStepIsNegligible(ReadOnlySpan<double> parameters)
    {
        LinearLeastSquares.Solve(_jacobian, _rows, _columns, _residuals, _step);
        for (var j = 0; j < _columns; j++)
        {
            _step[j] /= _lengths[j];
            if (!(Math.Abs(_step[j]) <= StepTolerance * Math.Max(Math.Abs(parameters[j]), ParameterFloor)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Takes the longest step that lowers the sum of squares. False when none does.</summary>
    private bool Advance(ReadOnlySpan<double> y, Span<double> parameters, ref double cost, ref double damping)
    {
        for (; damping <= 1e12; damping *= 10)
        {
            DampedStep(damping);
            Add(parameters, _step, _trial);
            var trialCost = Cost(y, _trial);
            if (trialCost < cost)
            {
                _trial.CopyTo(parameters);
                cost = trialCost;
                damping = Math.Max(damping / 10, 1e-12);
                return true;
            }
        }

        return false;
    }

    /// <summary>Solves R above, the root of the damping below.</summary>
    private void DampedStep(double damping)
    {
        var rows = 2 * _columns;
        Array.Clear(_damped);
        Array.Clear(_dampedRight);
        for (var j = 0; j < _columns; j++)
        {
            for (var i = 0; i <= j; i++)
            {
                _damped[(j * rows) + i] = _jacobian[(j * _rows) + i];
            }

            _damped[(j * rows) + _columns + j] = Math.Sqrt(damping);
            _dampedRight[j] = _residuals[j];
        }

        LinearLeastSquares.Reduce(_damped, rows, _columns, _dampedRight);
        LinearLeastSquares.Solve(_damped, rows, _columns, _dampedRight, _step);
        for (var j = 0; j < _columns; j++)
        {
            _step[j] /= _lengths[j];
        }
    }

    private double Weight(int i) => _weights is null ? 1 : _weights[i];

    private static void Add(ReadOnlySpan<double> from, ReadOnlySpan<double> step, Span<double> to)
    {
        for (var j = 0; j < from.Length; j++)
        {
            to[j] = from[j] + step[j];
        }
    }

    private static double SumOfSquares(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value * value;
        }

        return sum;
    }
}
