using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using NUnit.Framework;

namespace HpcRuntime.Tests.Wire;

public sealed class WireDelegateTests
{
    private static int _called;

    [Test]
    public void A_lambda_travels_with_its_captured_variables()
    {
        var factor = 3;
        var weights = new double[] { 1, 2 };
        Func<int, double> lambda = x => (factor * x) + weights[1];
        Assert.That(WirePair.RoundTrip(lambda)(5), Is.EqualTo(17));
    }

    [Test]
    public void A_lambda_without_captures_travels() => Assert.That(WirePair.RoundTrip<Func<int, int>>(x => x + 1)(1), Is.EqualTo(2));

    [Test]
    public void Variables_captured_together_stay_shared()
    {
        var count = 0;
        var both = new Counter(() => ++count, () => count);
        var back = WirePair.RoundTrip(both);
        back.Increment();
        back.Increment();
        Assert.That((back.Read(), count), Is.EqualTo((2, 0)));
    }

    [Test]
    public void Static_instance_generic_and_extension_methods_travel()
    {
        Assert.That(WirePair.RoundTrip<Func<double, double>>(Halve)(4), Is.EqualTo(2));
        Assert.That(WirePair.RoundTrip<Func<double, double>>(new Scale { Factor = 3 }.Apply)(4), Is.EqualTo(12));
        Assert.That(WirePair.RoundTrip<Func<string, string>>(Same)("x"), Is.EqualTo("x"));
        Assert.That(WirePair.RoundTrip<Func<string>>("abc".Reversed)(), Is.EqualTo("cba"));
        Assert.That(WirePair.RoundTrip<Func<int, List<int>>>(Maker<int>.Make)(2), Has.Count.EqualTo(1));
    }

    [Test]
    public void A_virtual_method_is_that_of_the_object()
    {
        Func<string> speak = new Loud().Speak;
        Assert.That(WirePair.RoundTrip(speak)(), Is.EqualTo("LOUD"));
    }

    [Test]
    public void Public_framework_methods_travel_by_name()
    {
        Assert.That(WirePair.RoundTrip<Func<double, double>>(Math.Sin)(1), Is.EqualTo(Math.Sin(1)));
        Assert.That(WirePair.RoundTrip<Func<string, bool>>(string.IsNullOrEmpty)(""), Is.True);
    }

    [Test]
    public void A_multicast_delegate_calls_all()
    {
        _called = 0;
        Action add = () => _called++;
        add += () => _called += 10;
        WirePair.RoundTrip(add)();
        Assert.That(_called, Is.EqualTo(11));
    }

    [Test]
    public void A_local_function_that_captures_itself_travels()
    {
        Func<int, int> factorial = null!;
        factorial = n => n <= 1 ? 1 : n * factorial(n - 1);
        Assert.That(WirePair.RoundTrip(factorial)(5), Is.EqualTo(120));
    }

    [Test]
    public void A_method_compiled_at_run_time_is_refused()
    {
        Expression<Func<int, int>> expression = x => x + 1;
        var refusal = WirePair.Refusal(new Scale { Function = expression.Compile() });
        Assert.That(refusal.Path, Is.EqualTo("Scale.Function"));
        Assert.That(refusal.Message, Does.Contain("compiled at run time"));
    }

    [Test]
    public void What_a_lambda_captured_and_cannot_travel_is_named()
    {
        var stream = new System.IO.MemoryStream();
        Func<long> lambda = () => stream.Length;
        Assert.That(WirePair.Refusal(lambda).Path, Is.EqualTo("Func<Int64>.stream"));
    }

    private static double Halve(double x) => x / 2;

    private static T Same<T>(T value) => value;

    private sealed record Counter(Func<int> Increment, Func<int> Read);

    private sealed class Scale
    {
        public double Factor { get; set; }

        public Delegate? Function { get; set; }

        public double Apply(double x) => Factor * x;
    }

    private class Quiet
    {
        public virtual string Speak() => "quiet";
    }

    private sealed class Loud : Quiet
    {
        public override string Speak() => "LOUD";
    }

    private static class Maker<T>
    {
        public static List<T> Make(T value) => [value];
    }
}

internal static class ReverseExtension
{
    public static string Reversed(this string text) => new([.. text.Reverse()]);
}
