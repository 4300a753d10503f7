using System.IO;
using HpcRuntime.Examples.Computations;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.Computations;

public sealed class ArgumentsTests
{
    [Test]
    public void Without_arguments_the_options_have_their_defaults()
    {
        Assert.That(Arguments.TryParse<SawsimOptions>(new SawsimApplication(), [], TextWriter.Null, out var options), Is.True);
        Assert.That((options!.Model, options.Curves, options.Domains, options.Cache), Is.EqualTo(("protein", 400, 8, (string?)null)));
    }

    [Test]
    public void Every_option_is_taken()
    {
        Assert.That(Arguments.TryParse<SawsimOptions>(new SawsimApplication(), ["--model", "linear", "--curves=7", "--domains", "50", "--cache", "there"], TextWriter.Null, out var options), Is.True);
        Assert.That((options!.Model, options.Curves, options.Domains, options.Cache), Is.EqualTo(("linear", 7, 50, "there")));
    }

    [TestCase("--curves is a whole number from 1 to 10000000, not '0'.", "--curves", "0")]
    [TestCase("--curves is a whole number from 1 to 10000000, not '-3'.", "--curves=-3")]
    [TestCase("--curves is a whole number from 1 to 10000000, not 'many'.", "--curves", "many")]
    [TestCase("--curves is a whole number from 1 to 10000000, not '7x'.", "--curves=7x")]
    [TestCase("--curves is a whole number from 1 to 10000000, not '99999999999'.", "--curves", "99999999999")]
    [TestCase("--model is protein or linear, not 'nice'.", "--model", "nice")]
    [TestCase("--cache is the name of a folder, not ''.", "--cache", "")]
    [TestCase("option --curves needs a value.", "--curves")]
    [TestCase("option --curves needs a value.", "--curves", "--model", "linear")]
    [TestCase("option --curves is given twice.", "--curves", "5", "--curves", "6")]
    [TestCase("unknown option 'slaves'.", "--slaves", "3")]
    [TestCase("'stray' is not understood: only options are.", "stray")]
    public void A_wrong_argument_is_named_in_one_line(string message, params string[] args)
    {
        var refusal = Assert.Throws<UsageException>(() => Arguments.TryParse<SawsimOptions>(new SawsimApplication(), args, TextWriter.Null, out _))!;
        Assert.That(refusal.Message, Does.StartWith("sawsim: " + message).And.Not.Contains("\n"));
        Assert.That(ExitCodes.For(refusal), Is.EqualTo(ExitCodes.Usage));
    }

    [TestCase("auto-diff", "--points", "0")]
    [TestCase("dependencies", "--unit", "NaN")]
    [TestCase("ln2", "--parts", "x")]
    [TestCase("md5-search", "--hash", "48ae4d2d384dcc470e471f4169daa96")]
    [TestCase("pi", "--darts", "-1")]
    [TestCase("primes", "--jobs", "none")]
    [TestCase("quicksort", "--levels", "17")]
    [TestCase("sawsim", "--domains", "0")]
    public void Every_computation_refuses_what_makes_no_sense(string name, string option, string value) =>
        Assert.That(Assert.Throws<UsageException>(() => BuiltInApplications.Run(name, () => Processor.Load("uni"), $"{option}={value}"))!.Message, Does.StartWith($"{name}: {option} is ").And.Contains($", not '{value}'."));

    [TestCase("auto-diff", "--terms")]
    [TestCase("dependencies", "--unit")]
    [TestCase("ln2", "--parts")]
    [TestCase("md5-search", "--hash")]
    [TestCase("pi", "--darts")]
    [TestCase("primes", "--jobs")]
    [TestCase("quicksort", "--levels")]
    [TestCase("sawsim", "--model")]
    public void Help_names_the_options(string name, string option)
    {
        var (code, output) = BuiltInApplications.Run(name, () => Processor.Load("uni"), "--help");
        Assert.That(code, Is.Zero);
        Assert.That(output, Does.StartWith($"{name} [options]: ").And.Contains(option));
    }
}
