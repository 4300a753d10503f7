using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Examples.DecayFit;
using NUnit.Framework;

namespace HpcRuntime.Tests.DecayFit;

public sealed class DecayModelTests
{
    private static readonly double[] Parameters = [0.7, -2.5, 4];

    private static IEnumerable<string> Names => DecayModel.All.Select(model => model.Name);

    [TestCaseSource(nameof(Names))]
    public void The_gradient_is_that_of_central_differences(string name)
    {
        var model = DecayModel.All.Single(known => known.Name == name);
        var parameters = Parameters[..model.ParameterCount];
        var gradient = new double[model.ParameterCount];
        foreach (var x in new[] { -1, 0, 0.3, 2, 10 })
        {
            model.Gradient(x, parameters, gradient);
            for (var j = 0; j < parameters.Length; j++)
            {
                var (above, below) = ((double[])parameters.Clone(), (double[])parameters.Clone());
                above[j] += 1e-6;
                below[j] -= 1e-6;
                Assert.That(gradient[j], Is.EqualTo((model.Value(x, above) - model.Value(x, below)) / 2e-6).Within(1e-8).Or.EqualTo((model.Value(x, above) - model.Value(x, below)) / 2e-6).Within(1e-6).Percent);
            }
        }
    }

    [Test]
    public void Each_model_is_its_formula()
    {
        Assert.That(DecayModel.Decay.Value(2, [0.5, 3]), Is.EqualTo(3 * Math.Exp(-1)).Within(1e-15));
        Assert.That(DecayModel.Saturation.Value(2, [0.5, 3]), Is.EqualTo(3 * (1 - Math.Exp(-1))).Within(1e-15));
        Assert.That(DecayModel.Inversion.Value(2, [0.5, -3, 5]), Is.EqualTo(5 - ((5 + 3) * Math.Exp(-1))).Within(1e-14));
        Assert.That(DecayModel.Inversion.Value(0, [0.5, -3, 5]), Is.EqualTo(-3));
    }

    [TestCaseSource(nameof(Names))]
    public void A_model_is_found_again_by_what_travels_for_it(string name)
    {
        var model = DecayModel.All.Single(known => known.Name == name);
        Assert.That(DecayModel.Of(model.Kind), Is.SameAs(model));
    }
}
