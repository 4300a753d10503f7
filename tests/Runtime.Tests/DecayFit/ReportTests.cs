using System;
using System.Collections.Generic;
using System.Linq;
using System.Xml.Linq;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

public sealed class ReportTests
{
    private static readonly double[] Simulated = [0.5, 10, -1, 0.25, 12, 1];

    private static readonly Curve Plain = new("a", [1, 2, 3], [3, 2, 1], null);

    [Test]
    public void The_CSV_has_all_digits_and_nothing_where_there_is_nothing()
    {
        CurveReport[] reports =
        [
            new(Plain, new FitResult("ok", [0.1, 1e-300], 1.0 / 3, 2), []),
            new(Plain with { Name = "b, \"c\"" }, new FitResult("ok", [0.3, 11, 0.5], 0, 1e22), Simulated),
            new(Plain with { Name = "d" }, new FitResult("too few points: 3 where 4 are needed", [], double.NaN, double.NaN), []),
        ];
        Assert.That(CsvReport.Of(reports), Is.EqualTo(
            "curve,status,rate,rate_sd,amplitude,amplitude_sd,offset,offset_sd,chi2,sigma,points\n" +
            "a,ok,0.1,,1E-300,,,,0.3333333333333333,2,3\n" +
            "\"b, \"\"c\"\"\",ok,0.3,0.1767766952966369,11,1.4142135623730951,0.5,1.4142135623730951,0,1E+22,3\n" +
            "d,too few points: 3 where 4 are needed,,,,,,,,,3\n"));
    }

    [Test]
    public void The_table_shows_the_certified_digits_and_says_where_sigma_comes_from()
    {
        var curves = Samples.Misra();
        var plan = new FitPlan(DecayModel.Saturation, 500, 1);
        var lines = TableReport.Of(ScriptedRun.InOrder(curves, plan), "misra1a.csv", Noise.Of(curves, null), plan).Split('\n');
        Assert.That(lines[0], Is.EqualTo("misra1a.csv: 1 curve, saturation y = a (1 - e^(-k x)), 500 simulations each, seed 1"));
        Assert.That(lines[3].Split(' ', StringSplitOptions.RemoveEmptyEntries), Is.SupersetOf(new[] { "misra1a", "5.5015643181e-4", "238.94212918", "0.101879", "12", "14", "ok" }));
        Assert.That(lines[2].IndexOf("status", StringComparison.Ordinal), Is.EqualTo(lines[3].IndexOf("ok", StringComparison.Ordinal)));
        Assert.That(lines[5], Does.StartWith("sigma: from the residuals"));
    }

    [Test]
    public void The_table_counts_failed_curves_and_failed_simulations()
    {
        CurveReport[] reports =
        [
            new(Plain, new FitResult("ok", [0.5, 10], 1, 2), [0.5, 10, double.NaN, double.NaN]),
            new(Plain with { Name = "b" }, new FitResult("the fit did not converge", [], double.NaN, double.NaN), []),
        ];
        var table = TableReport.Of(reports, "f.csv", new Noise(NoiseSource.Option, 2), new FitPlan(DecayModel.Decay, 2, 0));
        Assert.That(table, Does.Contain("a: 1 of 2 simulations could not be fitted and are left out of its errors.\n"));
        Assert.That(table, Does.EndWith("1 of 2 curves could not be fitted: see status.\n"));
    }

    [TestCase(0.55, "0.55")]
    [TestCase(5.5015643181e-4, "5.5015643181e-4")]
    [TestCase(1996050.9679515257, "1996050.968")]
    [TestCase(2.5e12, "2.5e12")]
    [TestCase(0.0, "0")]
    [TestCase(-1e-9, "-1e-9")]
    [TestCase(double.NaN, "-")]
    public void A_value_of_the_table_has_eleven_digits(double value, string text) => Assert.That(TableReport.Value(value), Is.EqualTo(text));

    [TestCase(8.0814894, 0.0675, "8.081 ± 0.068")]
    [TestCase(5.5015e-4, 7.2e-6, "(5.502 ± 0.072)×10⁻⁴")]
    [TestCase(1996050.9, 9298, "(1.9961 ± 0.0093)×10⁶")]
    [TestCase(-3.2, double.NaN, "−3.2000")]
    public void A_caption_gives_the_error_two_digits(double value, double error, string text) => Assert.That(Axis.ValueWithError(value, error), Is.EqualTo(text));

    [TestCase(0, 10, "0 2 4 6 8 10")]
    [TestCase(-0.11, 0.12, "-0.1 -0.05 0 0.05 0.1")]
    [TestCase(3, 3, "2.8 3 3.2")]
    public void Ticks_are_at_round_numbers(double low, double high, string ticks)
    {
        var axis = new Axis(low, high, 5);
        Assert.That(axis.Ticks.Select(tick => Math.Round(tick, 9)), Is.SupersetOf(ticks.Split(' ').Select(double.Parse)));
        Assert.That(axis.Ticks.Count, Is.InRange(3, 11));
    }

    [Test]
    public void The_figure_is_well_formed_and_has_a_panel_with_points_fit_and_band_for_each_curve()
    {
        var curves = Enumerable.Range(0, 5).Select(i => Samples.Misra().Single() with { Name = $"<curve> & \"{i}\" \u0001" }).Append(new Curve("short", [1], [2], null)).ToArray();
        var figure = XDocument.Parse(FitPlot.Of(ScriptedRun.InOrder(curves, new FitPlan(DecayModel.Saturation, 20, 1)), DecayModel.Saturation));
        int Count(string name) => figure.Descendants().Count(element => element.Name.LocalName == name);
        var texts = figure.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value).ToArray();
        Assert.That(Count("polyline"), Is.EqualTo(5), "fits");
        Assert.That(Count("polygon"), Is.EqualTo(10), "bands, of the fit and of the residuals");
        Assert.That(Count("circle"), Is.EqualTo((5 * 14 * 2) + 1 + 1), "points, their residuals, the curve of one point, the legend");
        Assert.That(texts, Does.Contain("<curve> & \"3\" \uFFFD").And.Contain("not fitted: too few points: 1 where 3 are needed"));
    }

    [Test]
    public void The_figure_of_extreme_numbers_holds_numbers_that_readers_of_SVG_take()
    {
        var random = new RandomStream(29, 1, 0);
        for (var trial = 0; trial < 100; trial++)
        {
            double Wild() => (random.Next(2) == 0 ? -1 : 1) * Math.Pow(10, random.Next(-320, 308)) * random.NextDouble();
            var curve = new Curve("wild", [.. Enumerable.Range(0, 5).Select(_ => Wild())], [.. Enumerable.Range(0, 5).Select(_ => Wild())], null);
            foreach (var model in DecayModel.All)
            {
                var figure = XDocument.Parse(FitPlot.Of(ScriptedRun.InOrder([curve], new FitPlan(model, 4, 1)), model));
                IEnumerable<string> places = figure.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "x" or "y" or "cx" or "cy" or "x1" or "y2" or "points").SelectMany(attribute => attribute.Value.Split(' ', ','));
                Assert.That(places, Is.All.Matches<string>(place => double.TryParse(place, out var value) && Math.Abs(value) <= 100_000), $"seed 29, trial {trial}");
            }
        }
    }
}
