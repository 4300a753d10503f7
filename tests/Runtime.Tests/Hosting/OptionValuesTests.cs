using System;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class OptionValuesTests
{
    [TestCase("30", 30_000)]
    [TestCase("30s", 30_000)]
    [TestCase("5m", 300_000)]
    [TestCase("1h", 3_600_000)]
    [TestCase("250ms", 250)]
    [TestCase("1.5s", 1500)]
    [TestCase("0.5", 500)]
    [TestCase("2 min", 120_000)]
    [TestCase("1d", 86_400_000)]
    public void A_time_is_a_number_with_a_unit(string text, double milliseconds)
    {
        Assert.That(OptionValues.Duration(Given(text)), Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Test]
    public void No_time_limit_can_be_asked_for()
    {
        Assert.That(OptionValues.Duration(Given("none")), Is.Null);
    }

    [TestCase("4096", 4096)]
    [TestCase("10MB", 10_000_000)]
    [TestCase("1GiB", 1L << 30)]
    [TestCase("1.5KiB", 1536)]
    [TestCase("2 TiB", 2L << 40)]
    [TestCase("7kB", 7000)]
    [TestCase("12B", 12)]
    [TestCase("none", long.MaxValue)]
    public void A_size_is_a_number_with_a_unit(string text, long bytes)
    {
        Assert.That(OptionValues.Size(Given(text)), Is.EqualTo(bytes));
    }

    [TestCase("")]
    [TestCase("x")]
    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("0s")]
    [TestCase("5 parsecs")]
    [TestCase("1e3")]
    [TestCase("1,5s")]
    [TestCase("99999999d")]
    [TestCase("9999999999999999999999999999999999999")]
    [TestCase("1.2.3")]
    [TestCase("NaN")]
    [TestCase("Infinity")]
    public void A_bad_time_names_the_option_the_value_and_what_is_allowed(string text)
    {
        var error = Assert.Throws<UsageException>(() => OptionValues.Duration(Given(text)))!;

        Assert.That(error.Message, Is.EqualTo($"--it {text}: not allowed; give a time such as 30, 30s, 5m, 1h or 250ms, or none."));
    }

    [TestCase("")]
    [TestCase("0")]
    [TestCase("0.1")]
    [TestCase("-4")]
    [TestCase("1GB2")]
    [TestCase("1gib ")]
    [TestCase("99999999TiB")]
    public void A_bad_size_names_the_option_the_value_and_what_is_allowed(string text)
    {
        var error = Assert.Throws<UsageException>(() => OptionValues.Size(Given(text)))!;

        Assert.That(error.Message, Is.EqualTo($"--it {text}: not allowed; give a size such as 4096, 10MB or 1GiB, or none."));
    }

    [TestCase("fail-fast", ErrorPolicy.FailFast)]
    [TestCase("continue", ErrorPolicy.Continue)]
    [TestCase("Continue", ErrorPolicy.Continue)]
    public void A_choice_is_written_in_kebab_case(string text, ErrorPolicy expected)
    {
        Assert.That(OptionValues.Choice<ErrorPolicy>(Given(text)), Is.EqualTo(expected));
    }

    [TestCase("failfast")]
    [TestCase("1")]
    [TestCase("")]
    public void A_bad_choice_lists_what_there_is(string text)
    {
        var error = Assert.Throws<UsageException>(() => OptionValues.Choice<ErrorPolicy>(Given(text)))!;

        Assert.That(error.Message, Does.EndWith("give fail-fast or continue."));
    }

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("1.0")]
    [TestCase("four")]
    [TestCase("99999999999")]
    public void A_bad_number_of_slaves_says_what_is_allowed(string text)
    {
        var error = Assert.Throws<UsageException>(() => OptionValues.Whole(Given(text), 1))!;

        Assert.That(error.Message, Is.EqualTo($"--it {text}: not allowed; give a whole number of 1 or more."));
    }

    private static GivenValue Given(string text) => new(text, "--it");
}
