using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>One axis of a panel: its range, and ticks at 1, 2 or 5 times a power of ten.</summary>
internal sealed class Axis
{
    private readonly int _decimals;

    /// <summary>An axis from <paramref name="low"/> to <paramref name="high"/> with about <paramref name="ticks"/> ticks, three at least.</summary>
    public Axis(double low, double high, int ticks)
    {
        if (!(double.IsFinite(high - low) && high - low > 1e-290 && high - low > 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high))))
        {
            // Nothing to spread out, or more than a double can hold: some range about the middle.
            var middle = (low / 2) + (high / 2);
            middle = Math.Abs(middle) is > 1e-280 and < 1e300 ? middle : 0;
            var half = middle != 0 ? Math.Abs(middle) / 10 : 1;
            (low, high) = (middle - half, middle + half);
        }

        (Low, High) = (low, high);
        double step;
        long first;
        long last;
        do
        {
            step = NiceStep((high - low) / ticks++);
            first = (long)Math.Ceiling((low / step) - 1e-9);
            last = (long)Math.Floor((high / step) + 1e-9);
        }
        while (last - first < 2);

        Ticks = [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => (first + i) * step)];
        var largest = (int)Math.Floor(Math.Log10(Math.Max(Math.Abs(low), Math.Abs(high))) + 1e-9);
        Exponent = largest is >= 4 or <= -3 ? largest : 0;
        _decimals = Math.Clamp(Exponent - (int)Math.Floor(Math.Log10(step) + 1e-9), 0, 15);
    }

    public double Low { get; }

    public double High { get; }

    public IReadOnlyList<double> Ticks { get; }

    /// <summary>Labels are to be multiplied by this power of ten; 0 for labels as they are.</summary>
    public int Exponent { get; }

    /// <summary>The caption with the power of ten of the labels.</summary>
    public string Caption(string name) => Exponent == 0 ? name : $"{name}  (×10{Superscript(Exponent)})";

    public string Label(double tick)
    {
        var label = (tick / Math.Pow(10, Exponent)).ToString(FormattableString.Invariant($"F{_decimals}"), CultureInfo.InvariantCulture);
        return label.AsSpan().IndexOfAnyInRange('1', '9') < 0 ? label.TrimStart('-') : label.Replace('-', '−');
    }

    /// <summary>Where <paramref name="value"/> lies: 0 at the low end, 1 at the high end.</summary>
    public double Place(double value) => (value - Low) / (High - Low);

    private static double NiceStep(double least)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(least)));
        return (least / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
    }

    /// <summary>A number in raised digits.</summary>
    public static string Superscript(int number) =>
        string.Concat(number.ToString(CultureInfo.InvariantCulture).Select(c => c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c - '0']));

    /// <summary>A value and its error to two digits of the error: <c>8.081 ± 0.041</c>, <c>(5.502 ± 0.073)×10⁻⁴</c>.</summary>
    public static string ValueWithError(double value, double error)
    {
        var largest = Math.Max(Math.Abs(value), double.IsNaN(error) ? 0 : error);
        var exponent = largest > 0 ? (int)Math.Floor(Math.Log10(largest)) : 0;
        exponent = exponent is >= 5 or <= -3 ? exponent : 0;
        var unit = Math.Pow(10, exponent);
        var digits = error > 0 ? Math.Clamp(1 - (int)Math.Floor(Math.Log10(error / unit)), 0, 12) : 4;
        var format = FormattableString.Invariant($"F{digits}");
        var text = (value / unit).ToString(format, CultureInfo.InvariantCulture).Replace('-', '−');
        if (!double.IsNaN(error))
        {
            text += " ± " + (error / unit).ToString(format, CultureInfo.InvariantCulture);
        }

        return exponent == 0 ? text : (double.IsNaN(error) ? text : $"({text})") + "×10" + Superscript(exponent);
    }
}
