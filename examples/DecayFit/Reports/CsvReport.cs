using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>The results as CSV: numbers with all their digits, empty where there is none, lines that end with a line feed.</summary>
internal static class CsvReport
{
    public const string Header = "curve,status,rate,rate_sd,amplitude,amplitude_sd,offset,offset_sd,chi2,sigma,points";

    public static string Of(IReadOnlyList<CurveReport> reports)
    {
        var text = new StringBuilder(Header).Append('\n');
        foreach (var report in reports)
        {
            text.Append(Text(report.Curve.Name)).Append(',').Append(Text(report.Fit.Status));
            for (var i = 0; i < 3; i++)
            {
                text.Append(',').Append(Number(report.Parameter(i))).Append(',').Append(Number(report.Deviation(i)));
            }

            text.Append(',').Append(Number(report.Fit.ChiSquared)).Append(',').Append(Number(report.Fit.Sigma));
            text.Append(CultureInfo.InvariantCulture, $",{report.Curve.X.Length}\n");
        }

        return text.ToString();
    }

    private static string Number(double value) => double.IsNaN(value) ? string.Empty : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(string text) =>
        text.AsSpan().IndexOfAny(",\"#") < 0 && text.Trim() == text ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
