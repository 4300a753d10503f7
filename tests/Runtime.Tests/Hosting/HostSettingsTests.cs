using System;
using System.IO;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class HostSettingsTests
{
    [Test]
    public void Without_options_everything_is_as_a_processor_has_it()
    {
        var settings = new FakeHost().Settings();
        var plain = new ProcessorOptions();

        Assert.That(settings.Options with { Settings = plain.Settings, BackendPath = plain.BackendPath }, Is.EqualTo(plain));
        Assert.That(settings.Processor, Is.Null);
        Assert.That(settings.DefaultSlaves, Is.EqualTo(8));
        Assert.That(settings.Given, Is.Empty);
    }

    [Test]
    public void Every_option_of_the_command_line_arrives()
    {
        var settings = new FakeHost().Settings(
            "--processor", "uni", "-n", "3", "--debug", "--seed", "9", "--set", "thread.isolation=none", "--prefix", "rank", "--verbosity", "debug", "--log-file", "x.log",
            "--error-policy", "continue", "--max-attempts", "5", "--strict", "--timeout", "5m", "--max-output", "10MB", "--stats", "--progress", "off", "--dry-run",
            "--backend-path", "a" + Path.PathSeparator + "b", "--chunking", "static", "--grain", "4");

        Assert.That(settings.Processor!.Value, Is.EqualTo("uni"));
        var plain = new ProcessorOptions();
        Assert.That(settings.Options with { Settings = plain.Settings, BackendPath = plain.BackendPath }, Is.EqualTo(plain with
        {
            Slaves = 3, Debug = true, Seed = 9, Prefix = OutputPrefix.Rank, ErrorPolicy = ErrorPolicy.Continue, MaxAttempts = 5, Strict = true,
            Timeout = TimeSpan.FromMinutes(5), MaxOutput = 10_000_000, Chunking = Chunking.Static, Grain = 4,
        }));
        Assert.That(settings.Options.Settings["thread.isolation"], Is.EqualTo("none"));
        Assert.That(settings.Options.BackendPath, Is.EqualTo(new[] { "a", "b" }));
        Assert.That((settings.Verbosity, settings.LogFile!.Value, settings.Stats, settings.Progress, settings.DryRun), Is.EqualTo((Verbosity.Debug, "x.log", true, ProgressMode.Off, true)));
    }

    [Test]
    public void Every_option_has_its_variable()
    {
        var settings = new FakeHost(
            ("HPCRUNTIME_PROCESSOR", "uni"), ("HPCRUNTIME_SLAVES", "3"), ("HPCRUNTIME_DEBUG", "1"), ("HPCRUNTIME_SEED", "9"), ("HPCRUNTIME_TIMEOUT", "5m"),
            ("HPCRUNTIME_ERROR_POLICY", "continue"), ("HPCRUNTIME_MAX_OUTPUT", "10MB"), ("HPCRUNTIME_STRICT", "true"), ("HPCRUNTIME_STATS", "0"), ("HPCRUNTIME_BACKEND_PATH", "a")).Settings();

        Assert.That(settings.Processor, Is.EqualTo(new GivenValue("uni", "HPCRUNTIME_PROCESSOR")));
        Assert.That((settings.Options.Slaves, settings.Options.Debug, settings.Options.Seed, settings.Options.Timeout), Is.EqualTo((3, true, 9L, (TimeSpan?)TimeSpan.FromMinutes(5))));
        Assert.That((settings.Options.ErrorPolicy, settings.Options.MaxOutput, settings.Options.Strict, settings.Stats), Is.EqualTo((ErrorPolicy.Continue, 10_000_000L, true, false)));
        Assert.That(settings.Options.BackendPath, Is.EqualTo(new[] { "a" }));
    }

    [Test]
    public void The_command_line_wins_over_the_environment()
    {
        var settings = new FakeHost(("HPCRUNTIME_SEED", "1"), ("HPCRUNTIME_SLAVES", "2"), ("HPCRUNTIME_SET", "a.x=1; a.y=2")).Settings("--seed", "7", "--set", "a.y=3");

        Assert.That(settings.Options.Seed, Is.EqualTo(7));
        Assert.That(settings.Options.Slaves, Is.EqualTo(2));
        Assert.That(settings.Settings["a.x"], Is.EqualTo(new GivenValue("1", "HPCRUNTIME_SET")));
        Assert.That(settings.Settings["a.y"], Is.EqualTo(new GivenValue("3", "--set")));
        Assert.That(settings.Given["seed"].Origin, Is.EqualTo("--seed"));
        Assert.That(settings.Given["slaves"].Origin, Is.EqualTo("HPCRUNTIME_SLAVES"));
    }

    [Test]
    public void An_empty_variable_is_not_set()
    {
        Assert.That(new FakeHost(("HPCRUNTIME_SEED", " "), ("HPCRUNTIME_SLAVES", "")).Settings().Given, Is.Empty);
    }

    [TestCase("HPCRUNTIME_SLAVES", "many", "HPCRUNTIME_SLAVES many: not allowed; give a whole number of 1 or more.")]
    [TestCase("HPCRUNTIME_DEBUG", "maybe", "HPCRUNTIME_DEBUG maybe: not allowed; give 1 or 0.")]
    [TestCase("HPCRUNTIME_SET", "nonsense", "HPCRUNTIME_SET nonsense: not allowed; give FABRIC.KEY=VALUE, such as thread.isolation=none.")]
    [TestCase("HPCRUNTIME_PREFIX", "left", "HPCRUNTIME_PREFIX left: not allowed; give auto, rank or none.")]
    public void A_bad_variable_is_named(string variable, string value, string expected)
    {
        var error = Assert.Throws<UsageException>(() => new FakeHost((variable, value)).Settings())!;

        Assert.That(error.Message, Is.EqualTo(expected));
    }
}
