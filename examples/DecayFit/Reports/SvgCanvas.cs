using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>Text of an SVG drawing in pixels, two decimals: the same drawing is the same text.</summary>
internal sealed class SvgCanvas
{
    private readonly StringBuilder _text = new();

    public SvgCanvas(double width, double height, string title)
    {
        _text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{N(width)}\" height=\"{N(height)}\" viewBox=\"0 0 {N(width)} {N(height)}\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n");
        _text.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n");
        Rectangle(0, 0, width, height, "fill=\"#ffffff\"");
    }

    public void Line(double x1, double y1, double x2, double y2, string style) =>
        _text.Append(CultureInfo.InvariantCulture, $"<line x1=\"{N(x1)}\" y1=\"{N(y1)}\" x2=\"{N(x2)}\" y2=\"{N(y2)}\" {style}/>\n");

    public void Rectangle(double x, double y, double width, double height, string style) =>
        _text.Append(CultureInfo.InvariantCulture, $"<rect x=\"{N(x)}\" y=\"{N(y)}\" width=\"{N(width)}\" height=\"{N(height)}\" {style}/>\n");

    public void Circle(double x, double y, double radius, string style) =>
        _text.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{N(x)}\" cy=\"{N(y)}\" r=\"{N(radius)}\" {style}/>\n");

    public void Polyline(IEnumerable<(double X, double Y)> points, string style) => _text.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{Points(points)}\" {style}/>\n");

    public void Polygon(IEnumerable<(double X, double Y)> points, string style) => _text.Append(CultureInfo.InvariantCulture, $"<polygon points=\"{Points(points)}\" {style}/>\n");

    /// <param name="x">Of the anchor.</param>
    /// <param name="y">Of the base line.</param>
    /// <param name="size">Of the font.</param>
    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>.</param>
    /// <param name="text">Any text: escaped here.</param>
    /// <param name="style">Further attributes.</param>
    public void Text(double x, double y, double size, string anchor, string text, string style = "") =>
        _text.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(x)}\" y=\"{N(y)}\" font-size=\"{N(size)}\" text-anchor=\"{anchor}\" {style}>{Escape(text)}</text>\n");

    /// <summary>Text in which <c>^(...)</c> is raised, <c>_word</c> lowered and a hyphen a minus.</summary>
    public void Formula(double x, double y, double size, string formula, string style = "")
    {
        // The empty character behind each shifted part carries the shift back to the base line.
        var text = Escape(formula.Replace('-', '−'));
        var shift = size * 0.35;
        var marked = Regex.Replace(text, @"\^\(([^)]*)\)|_(\w+)", match => match.Groups[1].Success
            ? $"<tspan dy=\"{N(-shift)}\" font-size=\"{N(size * 0.75)}\">{match.Groups[1].Value}</tspan><tspan dy=\"{N(shift)}\">&#8203;</tspan>"
            : $"<tspan dy=\"{N(shift / 1.5)}\" font-size=\"{N(size * 0.75)}\">{match.Groups[2].Value}</tspan><tspan dy=\"{N(-shift / 1.5)}\">&#8203;</tspan>");
        _text.Append(CultureInfo.InvariantCulture, $"<text x=\"{N(x)}\" y=\"{N(y)}\" font-size=\"{N(size)}\" {style}>{marked}</text>\n");
    }

    /// <summary>Text that reads upwards.</summary>
    public void TextUpwards(double x, double y, double size, string text) => Text(x, y, size, "middle", text, $"transform=\"rotate(-90 {N(x)} {N(y)})\"");

    /// <summary>What is drawn until <see cref="EndGroup"/> shares <paramref name="style"/>.</summary>
    public void BeginGroup(string style) => _text.Append(CultureInfo.InvariantCulture, $"<g {style}>\n");

    public void EndGroup() => _text.Append("</g>\n");

    /// <summary>The whole drawing.</summary>
    public string Finish() => _text + "</svg>\n";

    private static string Points(IEnumerable<(double X, double Y)> points) => string.Join(' ', points.Select(point => $"{N(point.X)},{N(point.Y)}"));

    /// <summary>What lies far outside the drawing, or nowhere, stays within what readers of SVG take.</summary>
    private static string N(double value) => Math.Round(double.IsNaN(value) ? 0 : Math.Clamp(value, -100_000, 100_000), 2).ToString("0.##", CultureInfo.InvariantCulture) is var text && text == "-0" ? "0" : text;

    /// <summary>XML text; a character that XML 1.0 cannot hold becomes U+FFFD.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                < 0x20 or 0xFFFE or 0xFFFF => escaped.Append('\uFFFD'),
                _ => escaped.Append(rune),
            };
        }

        return escaped.ToString();
    }
}
