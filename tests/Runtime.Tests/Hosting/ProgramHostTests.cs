using System;
using System.Linq;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Hosting;

internal sealed class ProgramHostTests
{
    [Test]
    public void Help_has_every_option_its_variable_and_every_exit_code()
    {
        var host = new FakeHost();

        var code = host.Host.Run(["--help"], (_, _) => 99);

        Assert.That(code, Is.Zero);
        Assert.That(OptionTable.All.Select(option => option.Usage).Where(usage => !host.Output.Contains("  " + usage + "\n", StringComparison.Ordinal)), Is.Empty);
        Assert.That(OptionTable.All.Select(option => option.Variable ?? "--").Where(variable => !host.Output.Contains(variable, StringComparison.Ordinal)), Is.Empty);
        Assert.That(ExitCodes.Table.Where(row => !host.Output.Contains(row.Code.PadRight(14) + row.Meaning, StringComparison.Ordinal)), Is.Empty);
        Assert.That(host.Output.Split('\n').Max(line => line.Length), Is.LessThanOrEqualTo(120));
    }

    [Test]
    public void A_bad_option_is_one_line_on_standard_error_and_ends_with_2()
    {
        var host = new FakeHost();

        var code = host.Host.Run(["--timeout", "soon"], (_, _) => 0);

        Assert.That(code, Is.EqualTo(2));
        Assert.That(host.Error, Is.EqualTo("error: --timeout soon: not allowed; give a time such as 30, 30s, 5m, 1h or 250ms, or none.\n"));
        Assert.That(host.Output, Is.Empty);
    }

    [Test]
    public void An_unknown_fabric_ends_with_2()
    {
        var host = new FakeHost();

        Assert.That(host.Host.Run(["--processor", "nosuch"], (_, _) => 0), Is.EqualTo(2));
        Assert.That(host.Error, Does.StartWith("error: Unknown fabric 'nosuch'; known: "));
    }

    [Test]
    public void A_dry_run_says_what_would_be_run_and_where_each_option_came_from()
    {
        var host = new FakeHost(("HPCRUNTIME_SEED", "5"));

        var code = host.Host.Run(["--dry-run", "--processor", "sketch", "--timeout", "5m", "a file", "--", "--model"], (_, _) => 99);
        var lines = host.Output.Split('\n').Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToList();

        Assert.That(code, Is.Zero);
        Assert.That(lines, Is.SupersetOf(new[]
        {
            "arguments 'a file' --model",
            "processor sketch (from --processor)",
            "slaves 1 (what the machine allows)",
            "seed 5 (HPCRUNTIME_SEED)",
            "timeout 5.0 min (--timeout)",
            "strict off (default)",
        }));
    }

    [Test]
    public void More_slaves_than_the_fabric_can_have_are_warned_of()
    {
        var host = new FakeHost();

        Assert.That(host.Host.Run(["--dry-run", "--processor", "sketch", "-n", "4"], (_, _) => 99), Is.Zero);
        Assert.That(host.Error, Does.Contain("Fabric sketch has 1 slaves at most; --slaves 4 asks for more"));
        Assert.That(host.Output, Does.Contain("slaves         1  (--slaves)"));
    }

    [Test]
    public void The_version_names_the_library()
    {
        var host = new FakeHost();

        Assert.That(host.Host.Run(["--version"], (_, _) => 99), Is.Zero);
        Assert.That(host.Output, Does.Contain("on HpcRuntime " + ProgramHost.VersionText));
    }
}
