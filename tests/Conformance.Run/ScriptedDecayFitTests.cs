using System.IO;
using System.Linq;
using System.Text;
using HpcRuntime.Conformance.Run.Scripted;
using HpcRuntime.Examples.DecayFit;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance.Run;

/// <summary>The main job in a scrambled order: the file that it writes does not depend on when results come, nor on slaves that are lost under it.</summary>
public sealed class ScriptedDecayFitTests
{
    private static readonly ProcessorOptions Options = new() { ShowOutput = false, Seed = 11, MaxAttempts = 1000 };
    private string _folder = string.Empty;

    [SetUp]
    public void MakeRoom()
    {
        _folder = Directory.CreateTempSubdirectory("decay-fit-").FullName;
        var text = new StringBuilder("curve,x,y\n");
        foreach (var (name, rate) in new[] { ("slow", 0.3), ("medium", 0.9), ("fast", 2.7) })
        {
            for (var point = 0; point < 8; point++)
            {
                // A ripple of one percent stands for noise.
                var value = 100 * System.Math.Exp(-rate * point / 4) * (1 + (0.01 * System.Math.Sin(7 * point)));
                text.Append(System.FormattableString.Invariant($"{name},{point / 4.0:R},{value:R}\n"));
            }
        }

        File.WriteAllText(Path.Combine(_folder, "curves.csv"), text.ToString());
    }

    [TearDown]
    public void ClearRoom() => Directory.Delete(_folder, true);

    [Promise]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Results_in_scrambled_order_make_the_file_of_uni_byte_for_byte(int seed)
    {
        var fabric = new ScriptedFabric(seed);
        var scrambled = Fit(new Processor(fabric, Options with { Slaves = 4 }), "scrambled.csv");
        Assert.That(scrambled, Is.EqualTo(Fit(Processor.Load("uni", Options), "uni.csv")));
        Assert.That(fabric.Delivered.Distinct().Count(), Is.EqualTo(4));
        Assert.That(fabric.Delivered, Is.Not.Ordered);
    }

    [Promise]
    public void Slaves_that_are_lost_change_no_byte()
    {
        var steps = 0;
        var fabric = new ScriptedFabric(5) { Script = step => step.HasCommands && ++steps % 3 == 0 ? Fate.LoseAfter : Fate.Live };
        Assert.That(Fit(new Processor(fabric, Options with { Slaves = 3 }), "stormy.csv"), Is.EqualTo(Fit(Processor.Load("uni", Options), "uni.csv")));
    }

    private string Fit(Processor opened, string name)
    {
        using var processor = opened;
        var output = Path.Combine(_folder, name);
        Assert.That(new DecayFitApplication().Run(processor, [Path.Combine(_folder, "curves.csv"), "--model", "decay", "--simulations", "300", "--output", output]), Is.Zero);
        var text = File.ReadAllText(output);
        Assert.That(text.Split('\n'), Has.Length.EqualTo(5));
        return text;
    }
}
