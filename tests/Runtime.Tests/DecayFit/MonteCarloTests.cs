using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Primitives;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

public sealed class MonteCarloTests
{
    [Test]
    public void Misra1a_has_the_standard_deviations_that_NIST_certifies([Values(0, 1, 2, 3, 4)] long seed)
    {
        var report = ScriptedRun.InOrder(Samples.Misra(), new FitPlan(DecayModel.Saturation, 500, seed)).Single();
        Assert.That(report.FailedSimulations, Is.Zero);
        Assert.That(report.Deviation(1), Is.EqualTo(2.7070075241).Within(10).Percent);
        Assert.That(report.Deviation(0), Is.EqualTo(7.2668688436E-06).Within(10).Percent);
    }

    [Test]
    public void Many_simulations_come_close_to_the_standard_deviations_that_NIST_certifies()
    {
        var report = ScriptedRun.InOrder(Samples.Misra(), new FitPlan(DecayModel.Saturation, 20_000, 1)).Single();
        Assert.That(report.Deviation(1), Is.EqualTo(2.7070075241).Within(2.5).Percent);
        Assert.That(report.Deviation(0), Is.EqualTo(7.2668688436E-06).Within(2.5).Percent);
    }

    [Test]
    public void Results_that_come_home_in_any_order_give_the_same_bytes()
    {
        var plan = new FitPlan(DecayModel.Decay, 230, 1);
        var curves = ThreeCurves();
        var expected = Written(ScriptedRun.InOrder(curves, plan), plan);
        for (var seed = 0; seed < 5; seed++)
        {
            var random = new RandomStream(seed, 1, 0);
            Assert.That(Written(new ScriptedRun(random.Next).Run(curves, plan), plan), Is.EqualTo(expected), $"order {seed}");
        }

        Assert.That(Written(new ScriptedRun(waiting => waiting - 1).Run(curves, plan), plan), Is.EqualTo(expected), "last first");
    }

    [Test]
    public void Simulations_do_not_depend_on_how_they_are_cut_into_blocks()
    {
        var misra = Samples.Misra().Single();
        var sigma = misra.X.Select(_ => 0.1).ToArray();
        double[] Simulate(int first, int count) => MonteCarlo.Simulate(DecayModel.Saturation, misra.X, sigma, false, [5.5e-4, 239], MonteCarlo.CurveKey(1, 0), first, count);
        Assert.That(Simulate(0, 7).Concat(Simulate(7, 1)).Concat(Simulate(8, 22)), Is.EqualTo(Simulate(0, 30)));
    }

    [Test]
    public void The_size_of_a_block_is_constant()
    {
        var run = new ScriptedRun(_ => 0);
        run.Run(Samples.Misra(), new FitPlan(DecayModel.Saturation, 230, 1));
        Assert.That(run.Commands, Is.EqualTo(1 + 5));
    }

    [Test]
    public void Another_seed_gives_other_errors_and_the_same_parameters()
    {
        var one = ScriptedRun.InOrder(Samples.Misra(), new FitPlan(DecayModel.Saturation, 50, 1)).Single();
        var two = ScriptedRun.InOrder(Samples.Misra(), new FitPlan(DecayModel.Saturation, 50, 2)).Single();
        Assert.That(two.Fit.Parameters, Is.EqualTo(one.Fit.Parameters));
        Assert.That(two.Deviation(0), Is.Not.EqualTo(one.Deviation(0)));
    }

    [Test]
    public void Errors_shrink_with_the_noise()
    {
        var curves = Samples.Misra();
        var wide = ScriptedRun.InOrder(curves, new FitPlan(DecayModel.Saturation, 200, 1), Noise.Of(curves, 0.1)).Single();
        var narrow = ScriptedRun.InOrder(curves, new FitPlan(DecayModel.Saturation, 200, 1), Noise.Of(curves, 0.001)).Single();
        Assert.That(wide.Deviation(1) / narrow.Deviation(1), Is.EqualTo(100).Within(2));
    }

    [Test]
    public void Simulations_that_fail_are_counted_and_left_out()
    {
        double[] simulated = [1, 10, double.NaN, double.NaN, 3, 14];
        Assert.That(MonteCarlo.Failures(simulated, 2), Is.EqualTo(1));
        Assert.That(MonteCarlo.Deviations(simulated, 2), Is.EqualTo(new[] { Math.Sqrt(2), Math.Sqrt(8) }).Within(1e-15));
    }

    [Test]
    public void A_curve_that_cannot_be_fitted_leaves_the_others_as_they_are()
    {
        var curves = ThreeCurves();
        var reports = ScriptedRun.InOrder([curves[0], new Curve("short", [1], [2], null), curves[2]], new FitPlan(DecayModel.Decay, 50, 1));
        var alone = ScriptedRun.InOrder(curves, new FitPlan(DecayModel.Decay, 50, 1));
        Assert.That(reports.Select(report => report.Fit.IsOk), Is.EqualTo(new[] { true, false, true }));
        Assert.That(reports[2].Deviations, Is.EqualTo(alone[2].Deviations));
    }

    private static string Written(IReadOnlyList<CurveReport> reports, FitPlan plan) => CsvReport.Of(reports) + FitPlot.Of(reports, plan.Model);

    private static IReadOnlyList<Curve> ThreeCurves()
    {
        var random = new RandomStream(3, 1, 0);
        double[] x = [0, 0.1, 0.2, 0.4, 0.8, 1.6];
        return [.. Enumerable.Range(1, 3).Select(i => new Curve($"c{i}", x, [.. x.Select(value => (100 * i * Math.Exp(-i * value)) + random.NextGaussian())], null))];
    }
}
