using System;
using System.Collections.Generic;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireRoundTripTests
{
    public sealed class IntCommand(int value)
    {
        private readonly int _value = value;
        public int Value => _value;
    }

    public sealed record Curve(string Name, double[] X, double[] Y);

    public sealed class FitCurve(Curve curve, int simulations)
    {
        public Curve Curve => curve;
        public int Simulations { get; init; } = simulations;
    }

    [Test]
    public void A_class_with_captured_constructor_parameters_comes_back()
    {
        var fit = WirePair.RoundTrip(new FitCurve(new Curve("a", [1, 2, 3], [4, 5, 6]), 500));
        Assert.Multiple(() =>
        {
            Assert.That(fit.Simulations, Is.EqualTo(500));
            Assert.That(fit.Curve.Name, Is.EqualTo("a"));
            Assert.That(fit.Curve.Y, Is.EqualTo(new double[] { 4, 5, 6 }));
        });
    }

    [TestCase(1), TestCase("text"), TestCase(2.5), TestCase(true), TestCase('x'), TestCase(DayOfWeek.Friday), TestCase("\uD800 lone"), TestCase(null)]
    public void A_plain_value_comes_back(object? value) => Assert.That(WirePair.RoundTrip(value), Is.EqualTo(value));

    [Test]
    public void Collections_come_back()
    {
        var pair = new WirePair();
        Assert.That(pair.Send(new List<int> { 1, 2, 3 }), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(pair.Send(new List<string> { "a", "b" }), Is.EqualTo(new[] { "a", "b" }));
        Assert.That(pair.Send(new Dictionary<string, double> { ["a"] = 1 }), Is.EqualTo(new Dictionary<string, double> { ["a"] = 1 }));
    }
}
