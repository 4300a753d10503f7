using System;
using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

public sealed class OptionChecksTests
{
    private static readonly FabricWithOptions Fabric = new();

    [Test]
    public void Defaults_make_sense()
    {
        var options = new ProcessorOptions();
        Assert.That(OptionChecks.Check(options, Fabric), Is.SameAs(options));
        Assert.That(() => OptionChecks.Check(null), Throws.Nothing);
        Assert.That(() => OptionChecks.Check(new CommandOptions()), Throws.Nothing);
    }

    public static IEnumerable<TestCaseData> Senseless()
    {
        yield return new TestCaseData(new ProcessorOptions { Slaves = -1 }, "Option Slaves is -1; expected 0 (what the machine allows) or more.");
        yield return new TestCaseData(new ProcessorOptions { MaxAttempts = 0 }, "Option MaxAttempts is 0; expected 1 or more.");
        yield return new TestCaseData(new ProcessorOptions { Grain = 0 }, "Option Grain is 0; expected 1 or more.");
        yield return new TestCaseData(new ProcessorOptions { MaxOutput = 0 }, "Option MaxOutput is 0; expected 1 byte or more.");
        yield return new TestCaseData(new ProcessorOptions { Timeout = TimeSpan.Zero }, "Option Timeout is 00:00:00; expected more than zero, or null for none.");
        yield return new TestCaseData(new ProcessorOptions { Grace = TimeSpan.FromSeconds(-1) }, "Option Grace is -00:00:01; expected zero or more.");
        yield return new TestCaseData(Set("wire.check-lent", "maybe"), "Option wire.check-lent is maybe; expected true or false.");
        yield return new TestCaseData(Set("optional.speed", "warp"), "Option optional.speed is warp; expected slow or fast.");
        yield return new TestCaseData(Set("optional.nosuch", "1"), "Fabric 'optional' has no option 'optional.nosuch'. It knows: optional.speed, optional.name.");
    }

    [TestCaseSource(nameof(Senseless))]
    public void An_option_that_makes_no_sense_is_refused_by_name(ProcessorOptions options, string message)
    {
        Assert.That(() => OptionChecks.Check(options, Fabric), Throws.ArgumentException.With.Message.EqualTo(message));
    }

    [Test]
    public void The_options_of_a_command_are_checked_too()
    {
        Assert.That(() => OptionChecks.Check(new CommandOptions { Timeout = TimeSpan.FromTicks(-1) }), Throws.ArgumentException.With.Message.Contain("Timeout"));
        Assert.That(() => OptionChecks.Check(new CommandOptions { MaxAttempts = 0 }), Throws.ArgumentException.With.Message.Contain("MaxAttempts"));
    }

    [TestCase("optional.speed", "fast")]
    [TestCase("OPTIONAL.Speed", "slow")]
    [TestCase("optional.name", "anything at all")]
    [TestCase("other.speed", "another fabric's business")]
    [TestCase("wire.check-lent", "true")]
    public void One_set_of_options_serves_every_fabric(string key, string value)
    {
        var options = Set(key, value);
        Assert.That(OptionChecks.Check(options, Fabric), Is.SameAs(options));
    }

    [Test]
    public void A_fabric_is_told_its_own_settings_without_its_name()
    {
        var options = new ProcessorOptions { Settings = new Dictionary<string, string> { ["Optional.Speed"] = "fast", ["other.speed"] = "slow", ["wire.check-lent"] = "true" } };
        Assert.That(OptionChecks.SettingsFor(options, Fabric), Is.EqualTo(new Dictionary<string, string> { ["Speed"] = "fast" }));
        Assert.That(OptionChecks.SettingsFor(options, Fabric)["speed"], Is.EqualTo("fast"), "Case does not matter.");
        Assert.That(OptionChecks.ChecksLent(options), Is.True);
        Assert.That(OptionChecks.ChecksLent(new ProcessorOptions()), Is.False);
    }

    [TestCase(2, 2)]
    [TestCase(4, 4)]
    [TestCase(9, 4)]
    public void A_fabric_gets_no_more_slaves_than_it_can_have(int asked, int given)
    {
        Assert.That(OptionChecks.SlavesFor(new ProcessorOptions { Slaves = asked }, Fabric), Is.EqualTo(given));
    }

    [Test]
    public void Without_a_number_the_machine_decides()
    {
        Assert.That(OptionChecks.SlavesFor(new ProcessorOptions(), Fabric), Is.InRange(1, 4));
    }

    private static ProcessorOptions Set(string key, string value) => new() { Settings = new Dictionary<string, string> { [key] = value } };

    private sealed class FabricWithOptions : Fabric
    {
        public override string Name => "optional";

        public override IReadOnlyList<FabricOption> Options { get; } = [new FabricOption("speed", "How fast.", "slow", ["slow", "fast"]), new FabricOption("name", "A name.", "none")];

        public override FabricTraits Traits { get; } = new(4);

        public override string Describe() => "optional: four slaves at most";

        public override Communicator Start(RankEntry entry, FabricSettings settings) => throw new NotSupportedException("It is only asked about its options.");

        public override void Dispose()
        {
        }
    }
}
