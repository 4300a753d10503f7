using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.Computations;

/// <summary>The computations at their full size on every fabric of one machine: the known answers, and the digits of uni.</summary>
[TestFixture("uni", 1)]
[TestFixture("thread", 1)]
[TestFixture("thread", 3)]
[TestFixture("process over shm", 1)]
[TestFixture("process over shm", 3)]
[TestFixture("process over socket", 1)]
[TestFixture("process over socket", 3)]
[NonParallelizable]
internal sealed class ComputationTests(string fabric, int slaves)
{
    private static readonly Dictionary<string, string> OnUni = []; // Each is run once for all fabrics.

    [Test]
    public void Sums_of_primes_are_the_known_ones()
    {
        var sums = Lines(Run("primes")).Select(line => line.Split(' ')).ToDictionary(words => int.Parse(words[2], CultureInfo.InvariantCulture), words => long.Parse(words[^1], CultureInfo.InvariantCulture));
        Assert.That(sums, Is.EqualTo(new Dictionary<int, long>
        {
            [100] = 1060,
            [100_000] = 454_396_537,
            [100_100] = 454_996_777,
            [100_200] = 455_898_156,
            [100_300] = 456_700_218,
            [100_400] = 457_603_451,
            [100_500] = 458_407_033,
            [100_600] = 459_412_387,
            [100_700] = 460_217_613,
        }));
    }

    [Test]
    public void Twenty_million_terms_come_close_to_ln_2()
    {
        var lines = Lines(Run("ln2"));
        Assert.That(lines[0], Is.EqualTo("19999999 terms in 128 parts: 0.69314720556"));
        Assert.That(double.Parse(lines[1].Split(' ')[^1], CultureInfo.InvariantCulture), Is.EqualTo(1 / (2 * 19_999_999.0)).Within(1e-12), "Half of the last term; the rest is rounding.");
    }

    [Test]
    public void The_number_behind_the_hash_is_found() =>
        Assert.That(Run("md5-search"), Is.EqualTo("48ae4d2d384dcc470e471f4169daa96a is the hash of 1829182\n"));

    [Test]
    public void A_million_numbers_are_sorted_by_32_leaves()
    {
        var lines = Lines(Run("quicksort"));
        Assert.That(lines[0], Is.EqualTo("1000000 numbers in 32 leaves"));
        var (first, last) = (Numbers(lines[1]), Numbers(lines[2]));
        Assert.That((first.Length, last.Length), Is.EqualTo((30, 30)));
        Assert.That(first.Concat(last), Is.Ordered);
        Assert.That((first[0], last[^1]), Is.EqualTo((0.0, 100_000.0)), "Ten of each are expected among a million.");
    }

    [Test]
    public void The_logarithm_and_its_derivative_are_right_to_the_last_digit_shown()
    {
        var lines = Lines(Run("auto-diff"));
        Assert.That(lines, Has.Length.EqualTo(32));
        Assert.That(lines, Does.Contain("ln(1.968750) = 0.677399, derivative 0.507937"));
        foreach (var (x, log, derivative) in lines.Select(Numbers).Select(numbers => (numbers[0], numbers[1], numbers[2])))
        {
            Assert.That(log, Is.EqualTo(Math.Log(x)).Within(0.5e-6 + 1e-12));
            Assert.That(derivative, Is.EqualTo(1 / x).Within(0.5e-6 + 1e-12));
        }
    }

    [Test]
    public void Pi_is_within_four_standard_errors()
    {
        var numbers = Numbers(Lines(Run("pi"))[1]);
        Assert.That(numbers[0], Is.EqualTo(Math.PI).Within(4 * numbers[1]));
        Assert.That(numbers[1], Is.EqualTo(4 * Math.Sqrt(Math.PI / 4 * (1 - (Math.PI / 4)) / 8e6)).Within(1e-5));
    }

    [Test]
    public void Proteins_unfold_at_the_published_forces()
    {
        var lines = Lines(Run("sawsim"));
        Assert.That(lines[0], Is.EqualTo("3200 unfolding forces from 400 curves"));
        var (mean, deviation) = (Numbers(lines[1])[0], Numbers(lines[1])[1]);
        Assert.That(mean, Is.InRange(276, 286));
        Assert.That(deviation, Is.InRange(23, 28));
        var peaks = Numbers(lines[2]);
        Assert.That(peaks, Has.Length.EqualTo(8));
        Assert.That(peaks[0], Is.EqualTo(278).Within(5), "Four standard errors.");
        Assert.That(peaks[^1], Is.EqualTo(298).Within(5));
        Assert.That(lines.Skip(3).Sum(line => Numbers(line)[1]), Is.EqualTo(3200), "The histogram.");
    }

    [TestCase(1)]
    [TestCase(50)]
    public void Under_constant_loading_the_forces_have_the_mean_and_deviation_of_theory(int domains)
    {
        var lines = Lines(Run("sawsim", "--model", "linear", "--domains", $"{domains}", "--curves", $"{20_000 / domains}"));
        Assert.That(lines[0], Does.StartWith("20000 unfolding forces"));
        Assert.That(Numbers(lines[1]), Is.EqualTo(new[] { 65.15, 5.31 }).Within(0.15), "Four standard errors of the mean.");
        Assert.That(lines[2], Is.EqualTo("in theory 65.15 pN and 5.31 pN"));
    }

    [Test]
    public void Roots_begin_when_the_last_sleeper_has_ended()
    {
        Assert.That(Lines(Run("dependencies", "--unit", "5")), Is.EqualTo(new[]
        {
            "three of them: 15.000 0.000 2.000",
            "roots: 0.000 1.000 1.414 1.732 2.000 2.236 2.449 2.646 2.828 3.000",
            "roots that began before the last sleeper had ended: 0",
            "Commands come after each other in a circle: 'egg' after 'hen' after 'egg'.",
        }));
    }

    /// <summary>Runs an application on this fixture's fabric: what it says must be what it says on uni.</summary>
    private string Run(string name, params string[] args)
    {
        var key = string.Join(' ', [name, .. args]);
        if (!OnUni.TryGetValue(key, out var onUni))
        {
            OnUni.Add(key, onUni = BuiltInApplications.OutputOnUni(name, args));
        }

        if (fabric == "uni")
        {
            return onUni;
        }

        var words = fabric.Split(" over ");
        var settings = words.Length > 1 ? new Dictionary<string, string> { ["process.transport"] = words[1] } : [];
        var (code, output) = BuiltInApplications.Run(name, () => Processor.Load(words[0], new ProcessorOptions { Slaves = slaves, Settings = settings }), args);
        Assert.That((code, output), Is.EqualTo((0, onUni)));
        return output;
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The numbers in a line, but for those within words.</summary>
    private static double[] Numbers(string line) => [.. Regex.Matches(line, @"(?<![\w.])[0-9]+(\.[0-9]+)?").Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];
}
