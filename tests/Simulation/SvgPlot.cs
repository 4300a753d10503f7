using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace HpcRuntime.Simulation;

/// <summary>Lines of efficiency (0 to 1) against slaves (1 to 10,000, logarithmic) as the text of an SVG drawing: the same figures are the same text.</summary>
internal sealed class SvgPlot
{
    private const double Width = 720;
    private const double Height = 420;
    private const double Left = 60;
    private const double Right = 620;
    private const double Top = 40;
    private const double Bottom = 370;
    private const double Decades = 4;

    private static readonly string[] Colours = ["#b2182b", "#ef8a62", "#c9a227", "#4dac26", "#2166ac", "#5e3c99"];

    private readonly StringBuilder _text = new();

    internal SvgPlot(string title)
    {
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\" viewBox=\"0 0 {Width} {Height}\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" font-size=\"12\">\n");
        Add($"<title>{title}</title>\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n");
        Add($"<text x=\"{Left}\" y=\"22\" font-size=\"14\">{title}</text>\n");
        foreach (var share in Enumerable.Range(0, 6).Select(i => i / 5.0))
        {
            Add($"<line x1=\"{Left}\" x2=\"{Right}\" y1=\"{Y(share):F1}\" y2=\"{Y(share):F1}\" stroke=\"#dddddd\"/>\n");
            Add($"<text x=\"{Left - 6}\" y=\"{Y(share) + 4:F1}\" text-anchor=\"end\">{100 * share:F0} %</text>\n");
        }

        Add($"<line x1=\"{Left}\" x2=\"{Right}\" y1=\"{Y(0.95):F1}\" y2=\"{Y(0.95):F1}\" stroke=\"#888888\" stroke-dasharray=\"4 3\"/>\n");
        for (var slaves = 1; slaves <= 10_000; slaves *= 10)
        {
            Add($"<line x1=\"{X(slaves):F1}\" x2=\"{X(slaves):F1}\" y1=\"{Top}\" y2=\"{Bottom}\" stroke=\"#dddddd\"/>\n");
            Add($"<text x=\"{X(slaves):F1}\" y=\"{Bottom + 18}\" text-anchor=\"middle\">{slaves}</text>\n");
        }

        Add($"<text x=\"{(Left + Right) / 2}\" y=\"{Bottom + 38}\" text-anchor=\"middle\">slaves</text>\n");
        Add($"<text x=\"{Right + 12}\" y=\"{Top}\">a command takes</text>\n");
    }

    /// <summary>Adds a line, and its name to the legend.</summary>
    internal void Line(IReadOnlyList<(double X, double Y)> points, string name, int number)
    {
        var colour = Colours[number % Colours.Length];
        var path = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.X):F1},{Y(point.Y):F1}")));
        Add($"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
        foreach (var (x, y) in points)
        {
            Add($"<circle cx=\"{X(x):F1}\" cy=\"{Y(y):F1}\" r=\"2.5\" fill=\"{colour}\"/>\n");
        }

        var legend = Top + (20 * (number + 1));
        Add($"<line x1=\"{Right + 12}\" x2=\"{Right + 32}\" y1=\"{legend - 4}\" y2=\"{legend - 4}\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
        Add($"<text x=\"{Right + 38}\" y=\"{legend}\">{name}</text>\n");
    }

    internal string Text() => _text + "</svg>\n";

    private static double X(double slaves) => Left + ((Right - Left) * Math.Log10(slaves) / Decades);

    private static double Y(double share) => Bottom - ((Bottom - Top) * share);

    private void Add(FormattableString text) => _text.Append(text.ToString(CultureInfo.InvariantCulture));
}
