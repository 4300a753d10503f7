using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class ArgumentParserTests
{
    [Test]
    public void Options_may_stand_before_and_after_plain_arguments()
    {
        var arguments = ArgumentParser.Parse(["--processor", "thread", "run", "decay-fit", "-n", "3", "--", "--processor", "x", "--", "y"]);

        Assert.That(arguments.Options.Processor, Is.EqualTo("thread"));
        Assert.That(arguments.Options.Slaves, Is.EqualTo("3"));
        Assert.That(arguments.Plain, Is.EqualTo(new[] { "run", "decay-fit" }));
        Assert.That(arguments.Rest, Is.EqualTo(new[] { "--processor", "x", "--", "y" }));
    }

    [TestCase("-n", "4")]
    [TestCase("-n4")]
    [TestCase("-n=4")]
    [TestCase("--slaves", "4")]
    [TestCase("--slaves=4")]
    public void The_slaves_can_be_written_in_every_usual_way(params string[] args)
    {
        Assert.That(ArgumentParser.Parse(args).Options.Slaves, Is.EqualTo("4"));
    }

    [Test]
    public void A_negative_number_is_a_value()
    {
        Assert.That(ArgumentParser.Parse(["--seed", "-5"]).Options.Seed, Is.EqualTo("-5"));
    }

    [Test]
    public void Set_can_be_repeated_and_leaves_the_plain_arguments_alone()
    {
        var arguments = ArgumentParser.Parse(["--set", "a.b=1", "decay-fit", "--set=c.d=x y", "file.csv"]);
        var settings = new OptionReader(arguments.Options, _ => null).ReadSettings();

        Assert.That(arguments.Plain, Is.EqualTo(new[] { "decay-fit", "file.csv" }));
        Assert.That(settings.ToDictionary(pair => pair.Key, pair => pair.Value.Value), Is.EquivalentTo(new Dictionary<string, string> { ["a.b"] = "1", ["c.d"] = "x y" }));
    }

    [TestCase("unknown option --sed; did you mean --seed?", "--sed", "1")]
    [TestCase("unknown option -x", "-x")]
    [TestCase("--slaves needs a value: N.", "-n")]
    [TestCase("--timeout needs a value: TIME.", "--timeout", "--seed", "1")]
    [TestCase("--set needs a value", "--set")]
    [TestCase("--strict is a switch and takes no value, but was given '1'.", "--strict=1")]
    [TestCase("--seed is given more than once.", "--seed", "1", "--seed=2")]
    [TestCase("--slaves is given more than once.", "-n", "1", "--slaves", "2")]
    [TestCase("--model", "decay-fit", "--model", "decay")]
    public void A_bad_option_is_told_in_one_line(string expected, params string[] args)
    {
        var error = Assert.Throws<UsageException>(() => ArgumentParser.Parse(args))!;

        Assert.That(error.Message, Does.Contain(expected));
        Assert.That(error.Message, Does.Not.Contain("\n"));
    }

    [Test]
    public void What_follows_the_dashes_is_never_read()
    {
        var arguments = ArgumentParser.Parse(["--", "--nonsense", "-n"]);

        Assert.That(arguments.Rest, Is.EqualTo(new[] { "--nonsense", "-n" }));
        Assert.That(arguments.Options.Slaves, Is.Null);
    }

    [Test]
    public void Every_option_has_help_that_states_its_default_and_a_variable_of_its_name()
    {
        var options = OptionTable.All.Where(option => option.Name is not ("help" or "version")).ToList();

        Assert.That(options.Select(option => option.Help), Has.All.Contain("Default: "));
        Assert.That(OptionTable.Find("max-attempts").Variable, Is.EqualTo("HPCRUNTIME_MAX_ATTEMPTS"));
        Assert.That(options.Select(option => option.Name), Is.SupersetOf(new[]
        {
            "processor", "debug", "slaves", "seed", "set", "prefix", "verbosity", "log-file", "error-policy", "max-attempts", "strict",
            "timeout", "max-output", "stats", "progress", "dry-run", "backend-path", "chunking", "grain",
        }));
        Assert.That(options.Select(option => option.Variable), Is.All.StartsWith("HPCRUNTIME_"));
    }
}
