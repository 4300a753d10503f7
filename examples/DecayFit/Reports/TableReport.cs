using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace HpcRuntime.Examples.DecayFit;

/// <summary>The results as an aligned table, plain text.</summary>
internal static class TableReport
{
    /// <summary>A heading, a line for each curve, and what a reader must know to trust them.</summary>
    public static string Of(IReadOnlyList<CurveReport> reports, string file, Noise noise, FitPlan plan)
    {
        var text = new StringBuilder();
        var simulations = plan.Simulations == 0 ? "no simulations" : FormattableString.Invariant($"{plan.Simulations} simulations each, seed {plan.Seed}");
        text.Append(CultureInfo.InvariantCulture, $"{file}: {Count(reports.Count, "curve")}, {plan.Model.Name} {plan.Model.Formula}, {simulations}\n\n");
        Align(text, [Heading(plan.Model), .. reports.Select(report => Row(report, plan.Model))]);
        text.Append('\n').Append(SigmaLine(noise)).Append('\n');
        foreach (var report in reports.Where(report => report.FailedSimulations > 0))
        {
            text.Append(CultureInfo.InvariantCulture, $"{report.Curve.Name}: {report.FailedSimulations} of {plan.Simulations} simulations could not be fitted and are left out of its errors.\n");
        }

        var failed = reports.Count(report => !report.Fit.IsOk);
        if (failed > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{failed} of {Count(reports.Count, "curve")} could not be fitted: see status.\n");
        }

        return text.ToString();
    }

    /// <summary>A value as a reader wants it: 11 digits, with an exponent when it is very small or large.</summary>
    internal static string Value(double value) => Format(value, "G11", "0.##########e-0");

    /// <summary>An error: 3 digits, or all before the point.</summary>
    internal static string Error(double value) => Format(value, Math.Abs(value) >= 1000 ? "F0" : "G3", "0.##e-0");

    private static string Format(double value, string plain, string scientific) =>
        double.IsNaN(value) ? "-"
        : value.ToString(value != 0 && (Math.Abs(value) < 1e-3 || Math.Abs(value) >= 1e9) ? scientific : plain, CultureInfo.InvariantCulture);

    private static string[] Heading(DecayModel model)
    {
        string[] words = ["rate", "amplitude", "offset"];
        return ["curve", .. model.Symbols.SelectMany((symbol, i) => new[] { $"{words[i]} {symbol}", "+- sd" }), "chi2", "sigma", "points", "status"];
    }

    private static string[] Row(CurveReport report, DecayModel model) =>
    [
        report.Curve.Name,
        .. Enumerable.Range(0, model.ParameterCount).SelectMany(i => new[] { Value(report.Parameter(i)), Error(report.Deviation(i)) }),
        Format(report.Fit.ChiSquared, "G6", "0.#####e-0"),
        Format(report.Fit.Sigma, "G6", "0.#####e-0"),
        report.Curve.X.Length.ToString(CultureInfo.InvariantCulture),
        report.Fit.Status,
    ];

    private static string SigmaLine(Noise noise) => noise.Source switch
    {
        NoiseSource.Column => "sigma: from the column sigma of the file; the table shows the root of the mean square of each curve.",
        NoiseSource.Option => "sigma: given with --sigma.",
        NoiseSource.Replicates => $"sigma: {Value(noise.Sigma)}, from the replicates, pooled over all curves.",
        _ => "sigma: from the residuals of each curve, so that chi2 is points less parameters and does not test the fit.",
    };

    private static string Count(int count, string noun) => string.Create(CultureInfo.InvariantCulture, $"{count} {noun}{(count == 1 ? string.Empty : "s")}");

    /// <summary>Names and status to the left, numbers to the right.</summary>
    private static void Align(StringBuilder text, string[][] rows)
    {
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var last = row.Length - 1;
            for (var column = 0; column < last; column++)
            {
                text.Append(column == 0 ? row[column].PadRight(widths[column]) : row[column].PadLeft(widths[column])).Append("  ");
            }

            text.Append(row[last]).Append('\n');
        }
    }
}
