using System;
using System.Collections.Generic;
using System.Linq;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>A figure of all curves, a panel for each, with one legend above them.</summary>
internal static class FitPlot
{
    private const double Margin = 14;
    private const double LegendHeight = 34;

    /// <summary>The figure as SVG. The same reports give the same text.</summary>
    public static string Of(IReadOnlyList<CurveReport> reports, DecayModel model)
    {
        var columns = reports.Count switch
        {
            1 => 1,
            <= 4 => 2,
            <= 9 => 3,
            _ => 4,
        };
        var rows = (reports.Count + columns - 1) / columns;
        var (width, height) = columns == 1 ? (640.0, 470.0) : columns == 2 ? (440.0, 360.0) : (350.0, 320.0);
        var canvas = new SvgCanvas((2 * Margin) + (columns * width), (2 * Margin) + LegendHeight + (rows * height), $"{model.Name}: {model.Formula}");
        Legend(canvas, (2 * Margin) + (columns * width), model, reports.Any(report => report.Simulated.Length > 0));
        for (var i = 0; i < reports.Count; i++)
        {
            new CurvePanel(canvas, Margin + (i % columns * width), Margin + LegendHeight + (i / columns * height), width, height).Draw(reports[i], model);
        }

        return canvas.Finish();
    }

    private static void Legend(SvgCanvas canvas, double width, DecayModel model, bool hasBand)
    {
        var middle = Margin + 10;
        var formulaWidth = 36 + (6.5 * model.Formula.Length);
        var x = Math.Max(Margin + 10, (width - 310 - formulaWidth) / 2);
        CurvePanel.Point(canvas, x + 8, middle, middle - 8, middle + 8);
        canvas.Text(x + 22, middle + 4, 12, "start", "data ± 1 SD");
        x += 120;
        canvas.Line(x, middle, x + 28, middle, CurvePanel.FitStyle);
        canvas.Formula(x + 36, middle + 4, 12, $"fit  {model.Formula}");
        x += formulaWidth + 50;
        if (hasBand)
        {
            canvas.Rectangle(x, middle - 7, 28, 14, CurvePanel.BandStyle);
            canvas.Text(x + 36, middle + 4, 12, "start", "± 2 SD of the fit");
        }
    }
}
