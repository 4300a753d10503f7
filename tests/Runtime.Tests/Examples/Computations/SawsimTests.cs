using System;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.Computations;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.Computations;

[NonParallelizable]
internal sealed class SawsimTests
{
    private const double Contour = 28.1;
    private const double Folded = 3.7;

    [TestCase(0)]
    [TestCase(0.01)]
    [TestCase(5)]
    [TestCase(280)]
    [TestCase(5000)]
    public void The_extension_of_a_chain_gives_its_force_back(double force) =>
        Assert.That(WormLikeChain.Force(WormLikeChain.ExtensionAt(force)), Is.EqualTo(force).Within(1e-7));

    [Test]
    public void Between_two_events_the_rate_adds_up_to_the_deviate_that_was_drawn()
    {
        // The same pull once more in small steps of force: time is what cantilever and chain together grow by, divided by the speed.
        var pulling = new ProteinPulling { Domains = 8, Rate = new UnfoldingRate(5e-5, 0.225) };
        var forces = pulling.Forces(new RandomStream(1, 2, 3));
        var deviates = new RandomStream(1, 2, 3);
        var force = 0.0;
        for (var unfolded = 0; unfolded < 8; unfolded++)
        {
            Assert.That(RateSum(pulling, unfolded, force, forces[unfolded]), Is.EqualTo(-Math.Log(1 - deviates.NextDouble())).Within(1e-3).Percent, $"event {unfolded}");
            force = ForceAfter(unfolded, forces[unfolded]);
        }
    }

    [Test]
    public void Curves_that_were_simulated_before_are_not_simulated_again()
    {
        var folder = Directory.CreateTempSubdirectory("sawsim-").FullName;
        try
        {
            (string Output, long Commands) Run(long seed)
            {
                Processor? processor = null;
                var (code, output) = BuiltInApplications.Run("sawsim", () => processor = Processor.Load("thread", new ProcessorOptions { Slaves = 2, Seed = seed }), "--curves", "20", "--cache", folder);
                Assert.That(code, Is.Zero);
                return (output, processor!.Statistics.Queued);
            }

            var (first, second, other) = (Run(1), Run(1), Run(2));
            Assert.That(second.Output, Is.EqualTo(first.Output));
            Assert.That((first.Commands > 0, second.Commands), Is.EqualTo((true, 0L)));
            Assert.That(other.Output, Is.Not.EqualTo(first.Output), "Another seed is another simulation.");

            File.WriteAllText(Directory.GetFiles(folder).First(), "nonsense\n");
            File.WriteAllText(Directory.GetFiles(folder).Last(), "nonsense\n");
            Assert.That(Assert.Throws<UsageException>(() => Run(1))!.Message, Does.Contain("holds no curves").And.Contains("Delete it."));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    private static double RateSum(Pulling pulling, int unfolded, double from, double to)
    {
        const int Steps = 4000;
        var (sum, before) = (0.0, Stretch(unfolded, from));
        for (var step = 1; step <= Steps; step++)
        {
            var middle = from + ((to - from) * (step - 0.5) / Steps);
            var behind = Stretch(unfolded, from + ((to - from) * step / Steps));
            sum += pulling.Rate.Factor(middle) * (behind - before);
            before = behind;
        }

        return (pulling.Domains - unfolded) * pulling.Rate.AtRest * sum / Pulling.Speed;
    }

    /// <summary>How far cantilever and unfolded chain are stretched together under a force.</summary>
    private static double Stretch(int unfolded, double force) => (force / Pulling.Stiffness) + (unfolded * Contour * WormLikeChain.ExtensionAt(force));

    /// <summary>The force when one more domain has unfolded and the base has not moved, by bisection.</summary>
    private static double ForceAfter(int unfolded, double force)
    {
        var (low, high, stretch) = (0.0, force, Stretch(unfolded, force) + Folded);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Stretch(unfolded + 1, middle) < stretch ? (middle, high) : (low, middle);
        }

        return low;
    }
}
