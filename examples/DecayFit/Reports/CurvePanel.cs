using System;
using System.Linq;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>One curve: above, its points, fit and error band; below, what the fit leaves over, where noise and band can be seen at their own scale.</summary>
internal sealed class CurvePanel
{
    public const string FitStyle = "fill=\"none\" stroke=\"#08519c\" stroke-width=\"1.6\"";
    public const string BandStyle = "fill=\"#6baed6\" fill-opacity=\"0.45\" stroke=\"none\"";

    private const string FrameStyle = "fill=\"none\" stroke=\"#333333\" stroke-width=\"1\"";
    private const string TickStyle = "stroke=\"#333333\" stroke-width=\"1\"";

    private readonly SvgCanvas _canvas;
    private readonly double _left;
    private readonly double _top;
    private readonly double _width;
    private readonly double _mainHeight;
    private readonly double _residualTop;
    private readonly double _residualHeight;

    /// <summary>A panel within the given rectangle.</summary>
    public CurvePanel(SvgCanvas canvas, double left, double top, double width, double height)
    {
        _canvas = canvas;
        _left = left + 62;
        _top = top + 34;
        _width = width - 62 - 14;
        var inner = height - 34 - 48;
        _mainHeight = inner * 0.70;
        _residualTop = _top + _mainHeight + 10;
        _residualHeight = (inner * 0.30) - 10;
    }

    /// <summary>A point with its error bar; a bar without length is not drawn.</summary>
    public static void Point(SvgCanvas canvas, double x, double y, double barTop, double barBottom)
    {
        if (Math.Abs(barBottom - barTop) > 0.01)
        {
            canvas.Line(x, barTop, x, barBottom, TickStyle);
            canvas.Line(x - 3, barTop, x + 3, barTop, TickStyle);
            canvas.Line(x - 3, barBottom, x + 3, barBottom, TickStyle);
        }

        canvas.Circle(x, y, 3, "fill=\"#ffffff\" stroke=\"#222222\" stroke-width=\"1.2\"");
    }

    public void Draw(CurveReport report, DecayModel model)
    {
        var curve = report.Curve;
        var sigma = curve.X.Select((_, i) => curve.Sigma?[i] ?? (double.IsNaN(report.Fit.Sigma) ? 0 : report.Fit.Sigma)).ToArray();
        var x = XAxis(curve.X);
        var band = report.Fit.IsOk ? new ErrorBand(report, model, curve.X.Min() >= 0 ? Math.Max(0, x.Low) : x.Low, x.High) : null;
        var outline = band?.Outline(band.Fit) ?? [];
        var y = Padded([.. outline.Select(point => point.Y), .. curve.Y.Zip(sigma, (value, s) => value + s), .. curve.Y.Zip(sigma, (value, s) => value - s)], 5);

        _canvas.Text(_left, _top - 20, 13, "start", curve.Name, "font-weight=\"bold\"");
        if (report.Fit.IsOk)
        {
            _canvas.Formula(_left, _top - 6, 11, Caption(report, model), "fill=\"#444444\"");
        }
        else
        {
            _canvas.Text(_left, _top - 6, 11, "start", $"not fitted: {report.Fit.Status}", "fill=\"#b2182b\" font-style=\"italic\"");
        }

        if (band is not null)
        {
            _canvas.Polygon(outline.Select(point => (AcrossOf(x, point.X), DownOf(y, point.Y, _top, _mainHeight))), BandStyle);
            _canvas.Polyline(band.X.Zip(band.Fit, (px, py) => (AcrossOf(x, px), DownOf(y, py, _top, _mainHeight))), FitStyle);
        }

        Points(x, y, _top, _mainHeight, curve.X, curve.Y, sigma);
        Frame(x, y, _top, _mainHeight, "y", band is null);
        if (band is not null)
        {
            Residuals(report, model, x, band, sigma);
        }
    }

    private static string Caption(CurveReport report, DecayModel model) =>
        string.Join(", ", model.Symbols.Select((symbol, i) => $"{symbol} = {Axis.ValueWithError(report.Parameter(i), report.Deviation(i))}"));

    private static Axis XAxis(double[] x)
    {
        var (low, high) = (x.Min(), x.Max());

        // The axis starts at 0, where the amplitude is read off, unless that would waste most of it.
        return low >= 0 && low <= high / 2 ? new Axis(-0.03 * high, high * 1.03, 5) : Padded(x, 5);
    }

    private static Axis Padded(double[] values, int ticks)
    {
        var (low, high) = (values.Min(), values.Max());
        var room = (high - low) * 0.06;
        return new Axis(low - room, high + room, ticks);
    }

    private void Residuals(CurveReport report, DecayModel model, Axis x, ErrorBand band, double[] sigma)
    {
        var curve = report.Curve;
        var residuals = curve.X.Zip(curve.Y, (px, py) => py - model.Value(px, report.Fit.Parameters)).ToArray();
        var outline = band.Outline(new double[band.X.Length]);
        var reach = residuals.Zip(sigma, (residual, s) => Math.Abs(residual) + s).Concat(outline.Select(point => Math.Abs(point.Y))).Max() * 1.1;
        var axis = new Axis(-reach, reach, 3);
        _canvas.Polygon(outline.Select(point => (AcrossOf(x, point.X), DownOf(axis, point.Y, _residualTop, _residualHeight))), BandStyle);
        var zero = DownOf(axis, 0, _residualTop, _residualHeight);
        _canvas.Line(_left, zero, _left + _width, zero, FitStyle);
        Points(x, axis, _residualTop, _residualHeight, curve.X, residuals, sigma);
        Frame(x, axis, _residualTop, _residualHeight, "residual", true);
    }

    private void Points(Axis x, Axis y, double top, double height, double[] xs, double[] ys, double[] sigma)
    {
        for (var i = 0; i < xs.Length; i++)
        {
            Point(_canvas, AcrossOf(x, xs[i]), DownOf(y, ys[i], top, height), DownOf(y, ys[i] + sigma[i], top, height), DownOf(y, ys[i] - sigma[i], top, height));
        }
    }

    private void Frame(Axis x, Axis y, double top, double height, string name, bool isLowest)
    {
        _canvas.Rectangle(_left, top, _width, height, FrameStyle);
        foreach (var tick in y.Ticks)
        {
            var down = DownOf(y, tick, top, height);
            _canvas.Line(_left, down, _left + 5, down, TickStyle);
            _canvas.Text(_left - 6, down + 3.5, 10, "end", y.Label(tick));
        }

        foreach (var tick in x.Ticks)
        {
            var across = AcrossOf(x, tick);
            _canvas.Line(across, top + height, across, top + height - 5, TickStyle);
            if (isLowest)
            {
                _canvas.Text(across, top + height + 14, 10, "middle", x.Label(tick));
            }
        }

        _canvas.TextUpwards(_left - 44, top + (height / 2), 11, y.Caption(name));
        if (isLowest)
        {
            _canvas.Text(_left + (_width / 2), top + height + 30, 11, "middle", x.Caption("x"));
        }
    }

    private double AcrossOf(Axis axis, double value) => _left + (axis.Place(value) * _width);

    private static double DownOf(Axis axis, double value, double top, double height) => top + ((1 - axis.Place(value)) * height);
}
