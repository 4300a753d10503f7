using System;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Primitives;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

public sealed class FitTests
{
    private static readonly Noise FromResiduals = new(NoiseSource.Residuals, double.NaN);

    [Test]
    public void Misra1a_has_the_values_that_NIST_certifies()
    {
        var fit = FitResult.Of(DecayModel.Saturation, Samples.Misra().Single(), FromResiduals);
        Assert.That(fit.Status, Is.EqualTo("ok"));
        Assert.That(fit.Parameters[1] / 2.3894212918E+02, Is.EqualTo(1).Within(1e-10));
        Assert.That(fit.Parameters[0] / 5.5015643181E-04, Is.EqualTo(1).Within(1e-10));
        Assert.That(fit.Sigma * fit.Sigma * 12 / 1.2455138894E-01, Is.EqualTo(1).Within(1e-10));
        Assert.That(fit.ChiSquared, Is.EqualTo(12).Within(1e-9));
    }

    [Test]
    public void BoxBOD_which_NIST_calls_hard_has_its_certified_values_without_a_guess()
    {
        var curve = new Curve("BoxBOD", [1, 2, 3, 5, 7, 10], [109, 149, 149, 191, 213, 224], null);
        var fit = FitResult.Of(DecayModel.Saturation, curve, FromResiduals);
        Assert.That(fit.Parameters[1] / 2.1380940889E+02, Is.EqualTo(1).Within(1e-9));
        Assert.That(fit.Parameters[0] / 5.4723748542E-01, Is.EqualTo(1).Within(1e-9));
        Assert.That(fit.Sigma * fit.Sigma * 4 / 1.1680088766E+03, Is.EqualTo(1).Within(1e-9));
    }

    [Test]
    public void Every_curve_of_the_T2_data_has_the_values_that_relax_published()
    {
        var curves = CurveFile.Read(Samples.Shared("t2-decay.csv"));
        var expected = File.ReadAllLines(Samples.Shared("t2-decay.expected.csv")).Skip(1).Select(line => line.Split(',')).ToArray();
        var noise = Noise.Of(curves, null);
        Assert.That(noise.Source, Is.EqualTo(NoiseSource.Replicates));
        Assert.That(noise.Sigma / 10578.039482421433, Is.EqualTo(1).Within(1e-14));
        Assert.That(curves.Select(curve => curve.Name), Is.EqualTo(expected.Select(row => row[0])));
        foreach (var (curve, row) in curves.Zip(expected))
        {
            var fit = FitResult.Of(DecayModel.Decay, curve, noise);
            var (rate, amplitude, chi2) = (Number(row[1]), Number(row[2]), Number(row[3]));
            Assert.That(fit.Status, Is.EqualTo("ok"));
            Assert.That(fit.Parameters[0] / rate, Is.EqualTo(1).Within(5e-9), curve.Name);
            Assert.That(fit.Parameters[1] / amplitude, Is.EqualTo(1).Within(5e-9), curve.Name);
            Assert.That(fit.ChiSquared / chi2, Is.EqualTo(1).Within(1e-12), curve.Name);
        }
    }

    [Test]
    public void Math_NET_finds_the_same_minimum()
    {
        var curve = Samples.Misra().Single();
        var objective = ObjectiveFunction.NonlinearModel(
            (p, x) => x.Map(value => p[0] * (1 - Math.Exp(-p[1] * value))),
            (p, x) => Matrix<double>.Build.DenseOfColumnVectors(x.Map(value => 1 - Math.Exp(-p[1] * value)), x.Map(value => p[0] * value * Math.Exp(-p[1] * value))),
            Vector<double>.Build.Dense(curve.X),
            Vector<double>.Build.Dense(curve.Y));
        var theirs = new MathNet.Numerics.Optimization.LevenbergMarquardtMinimizer().FindMinimum(objective, Vector<double>.Build.Dense([250.0, 5e-4])).MinimizingPoint;
        var ours = FitResult.Of(DecayModel.Saturation, curve, FromResiduals).Parameters;
        Assert.That(ours[1], Is.EqualTo(theirs[0]).Within(1e-5).Percent);
        Assert.That(ours[0], Is.EqualTo(theirs[1]).Within(1e-5).Percent);
    }

    [TestCase(1e-9)]
    [TestCase(1.0)]
    [TestCase(1e9)]
    public void Exact_points_give_their_parameters_back_in_any_units(double unit)
    {
        var random = new RandomStream(17, 1, 0);
        foreach (var model in DecayModel.All)
        {
            for (var trial = 0; trial < 50; trial++)
            {
                double[] truth = [Math.Pow(10, (2.5 * random.NextDouble()) - 1) / unit, unit * (1 + random.NextDouble()), unit * (4 + random.NextDouble())];
                truth = truth[..model.ParameterCount];
                var x = Enumerable.Range(0, 12).Select(i => unit * i / 12).ToArray();
                var fit = FitResult.Of(model, new Curve("exact", x, [.. x.Select(value => model.Value(value, truth))], null), FromResiduals);
                Assert.That(fit.Status, Is.EqualTo("ok"), $"{model.Name} trial {trial}");
                for (var j = 0; j < truth.Length; j++)
                {
                    Assert.That(fit.Parameters[j] / truth[j], Is.EqualTo(1).Within(1e-7), $"{model.Name} {model.Symbols[j]} trial {trial}");
                }
            }
        }
    }

    [Test]
    public void A_column_of_sigma_weighs_the_points()
    {
        double[] x = [0, 1, 2, 3, 4];
        var y = x.Select(value => 10 * Math.Exp(-0.4 * value)).ToArray();
        y[3] += 5;
        var curve = Samples.Read(["curve,x,y,sigma", .. x.Select((value, i) => FormattableString.Invariant($"a,{value},{y[i]:R},{(i == 3 ? 1e6 : 0.01)}"))]).Single();
        var noise = Noise.Of([curve], null);
        var fit = FitResult.Of(DecayModel.Decay, curve, noise);
        Assert.That(noise.Source, Is.EqualTo(NoiseSource.Column));
        Assert.That(fit.Parameters[0], Is.EqualTo(0.4).Within(1e-6));
        Assert.That(fit.ChiSquared, Is.EqualTo(25e-12).Within(1).Percent);
    }

    [Test]
    public void Sigma_as_an_option_outranks_the_column_and_scales_chi2_only()
    {
        var curves = Samples.Misra();
        var plain = FitResult.Of(DecayModel.Saturation, curves[0], Noise.Of(curves, null));
        var given = FitResult.Of(DecayModel.Saturation, curves[0], Noise.Of(curves, 0.5));
        Assert.That(given.Parameters, Is.EqualTo(plain.Parameters));
        Assert.That(given.ChiSquared, Is.EqualTo(0.12455138894 / 0.25).Within(1e-8).Percent);
    }

    [Test]
    public void Replicates_that_agree_to_the_last_digit_leave_the_noise_to_the_residuals() =>
        Assert.That(Noise.Of(Samples.Read("curve,x,y", "a,1,5", "a,1,5", "a,2,3"), null).Source, Is.EqualTo(NoiseSource.Residuals));

    [TestCase("too few points: 2 where 3 are needed", "a,1,5", "a,2,3")]
    [TestCase("too few different x: 1 where 2 are needed", "a,1,5", "a,1,6", "a,1,7")]
    [TestCase("the points do not determine the parameters", "a,1,0", "a,2,0", "a,3,0")]
    [TestCase("the points do not determine the parameters", "a,0,1", "a,1,0", "a,2,0", "a,3,0")]
    public void A_curve_that_cannot_be_fitted_says_why(string status, params string[] points) =>
        Assert.That(FitResult.Of(DecayModel.Decay, Samples.Read(["curve,x,y", .. points]).Single(), FromResiduals).Status, Is.EqualTo(status));

    [Test]
    public void A_straight_line_does_not_saturate()
    {
        var line = Samples.Read("curve,x,y", "a,1,1", "a,2,2", "a,3,3", "a,4,4", "a,5,5").Single();
        Assert.That(FitResult.Of(DecayModel.Saturation, line, FromResiduals).IsOk, Is.False);
    }

    [Test]
    public void Extreme_numbers_end_with_a_status_and_not_with_an_exception()
    {
        var random = new RandomStream(23, 1, 0);
        for (var trial = 0; trial < 300; trial++)
        {
            var count = 3 + random.Next(8);
            var curve = new Curve("wild", [.. Enumerable.Range(0, count).Select(_ => Wild(random))], [.. Enumerable.Range(0, count).Select(_ => Wild(random))], null);
            foreach (var model in DecayModel.All)
            {
                var fit = FitResult.Of(model, curve, FromResiduals);
                Assert.That(fit.IsOk, Is.EqualTo(fit.Parameters.Length > 0 && fit.Parameters.All(double.IsFinite) && double.IsFinite(fit.ChiSquared)), $"seed 23, trial {trial}, {model.Name}: {fit.Status}");
            }
        }
    }

    private static double Wild(RandomStream random) => (random.Next(2) == 0 ? -1 : 1) * Math.Pow(10, random.Next(-300, 300)) * random.NextDouble();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
