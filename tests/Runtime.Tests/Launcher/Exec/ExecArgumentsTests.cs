using System.Linq;
using HpcRuntime.Launcher.Exec;
using HpcRuntime.Tests.Hosting;
using NUnit.Framework;

namespace HpcRuntime.Tests.Launcher.Exec;

/// <summary>The command line of hpcrun exec, taken apart.</summary>
internal sealed class ExecArgumentsTests
{
    [TestCase("exec echo", "echo")]
    [TestCase("--processor thread exec -k echo", "--processor thread -k echo")]
    [TestCase("-n 3 --stats exec echo exec", "-n 3 --stats echo exec")]
    [TestCase("-n3 --seed=1 exec", "-n3 --seed=1")]
    [TestCase("run exec", null)]
    [TestCase("-- exec", null)]
    [TestCase("--frobnicate exec", null)]
    [TestCase("", null)]
    public void The_verb_is_found_behind_common_options(string line, string? behind)
        => Assert.That(ExecArguments.Behind(line.Split(' ')), behind is null ? Is.Null : Is.EqualTo(behind.Split(' ')));

    [TestCase("-kj2 echo -n {} ::: a b", "keep-order= jobs=2", "", "echo -n {}", "::: a b")]
    [TestCase("-j 2 -k -- -echo ::: a", "jobs=2 keep-order=", "", "-echo", "::: a")]
    [TestCase("--halt=now,fail=1 --tag echo -k", "halt=now,fail=1 tag=", "", "echo -k", "")]
    [TestCase("-n 2 --timeout 5 --stats --set a.b=c x", "", "--slaves=2 --timeout=5 --stats --set=a.b=c", "x", "")]
    [TestCase("--progress echo", "", "--progress=on", "echo", "")]
    [TestCase("--progress off echo", "", "--progress=off", "echo", "")]
    [TestCase("-a one -a two x ::: 1 :::+ 2 :::: f g ::::+ h", "arg-file=one,two", "", "x", "::: 1 :::+ 2 :::: f g ::::+ h")]
    [TestCase("-0k ::: a -- b", "null= keep-order=", "", "", "::: a -- b")]
    [TestCase("- ::: a", "", "", "-", "::: a")]
    public void Options_end_at_the_command_and_the_command_at_the_sources(string line, string own, string common, string template, string sources)
    {
        var arguments = ExecArguments.Parse(line.Split(' '));
        var given = ExecOptions.All.Where(option => arguments.Has(option.Name)).ToDictionary(option => option.Name, option => string.Join(',', arguments.Values(option.Name)));
        Assert.That(given, Is.EquivalentTo(own.Split(' ').Where(pair => pair.Length > 0).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1])));
        Assert.That(string.Join(' ', arguments.Common), Is.EqualTo(common));
        Assert.That(string.Join(' ', arguments.Template), Is.EqualTo(template));
        Assert.That(string.Join(' ', arguments.Sources.SelectMany(source => source.Values.Prepend(source.Word))), Is.EqualTo(sources));
    }

    [TestCase("--frobnicate x", "unknown option --frobnicate")]
    [TestCase("--keep-oder x", "did you mean --keep-order?")]
    [TestCase("-Z x", "unknown option -Z")]
    [TestCase("-j", "-j needs a value: N.|--jobs needs a value: N.")]
    [TestCase("--tag=yes x", "--tag is a switch and takes no value, but was given 'yes'.")]
    [TestCase("-S host x", "hpcrun exec has no -S: hosts are the fabric's business")]
    [TestCase("--pipe x", "hpcrun exec has no --pipe")]
    [TestCase("--halt never --halt 1 x", "--halt is given more than once.")]
    [TestCase("--halt later x", "--halt later: not allowed; give never, or soon or now")]
    [TestCase("--retries 0 x", "--retries 0: not allowed; give a whole number of 1 or more.")]
    [TestCase("-j 0 x", "--jobs 0: not allowed; give a number of 1 or more, or 50%, +1, -1 of the 8 allowed cores.")]
    [TestCase("-j 2 -n 3 x", "--slaves is given more than once.")]
    [TestCase("--resume x", "--resume needs the log of the earlier run: --joblog FILE.")]
    [TestCase("-u -k x", "--ungroup: output that does not pass through the master")]
    [TestCase("-d ab x", "--delimiter ab: not allowed")]
    [TestCase("-C [ x", "--colsep [: is no regular expression")]
    [TestCase("x :::+ a", ":::+: there is no source before it")]
    [TestCase("--timeout soon x", "--timeout soon: not allowed")]
    public void Bad_usage_is_one_line_and_ends_with_2(string line, string expected)
    {
        var host = new FakeHost();
        Assert.That(new HpcRuntime.Launcher.Hpcrun(host.Host, new(() => throw new AssertionException("No application is looked for."))).Run(["exec", .. line.Split(' ')]), Is.EqualTo(2));
        Assert.That(expected.Split('|').Any(host.Error.Contains), Is.True, host.Error);
        Assert.That((host.Error.Count(letter => letter == '\n'), host.Output), Is.EqualTo((1, string.Empty)));
    }

    [TestCase("3", "--slaves=3")]
    [TestCase("50%", "--slaves=4")]
    [TestCase("+2", "--slaves=10")]
    [TestCase("-7", "--slaves=1")]
    [TestCase("-20", "--slaves=1")]
    public void Jobs_may_be_counted_from_the_cores(string jobs, string expected)
        => Assert.That(ExecPlan.CommonOptions(ExecArguments.Parse(["-j", jobs, "x"]), _ => null, 8), Is.EqualTo(new[] { expected }));

    [Test]
    public void Retries_allow_as_many_attempts_for_lost_slaves()
        => Assert.That(ExecPlan.CommonOptions(ExecArguments.Parse(["--retries", "4", "x"]), _ => null, 8), Is.EqualTo(new[] { "--max-attempts=4" }));

    [TestCase("--error-policy fail-fast x", HaltWhen.Soon)]
    [TestCase("--error-policy continue x", HaltWhen.Never)]
    [TestCase("x", HaltWhen.Never)]
    [TestCase("--halt 2 x", HaltWhen.Now)]
    public void The_error_policy_is_a_way_to_halt(string line, HaltWhen expected)
    {
        var host = new FakeHost();
        var arguments = ExecArguments.Parse(line.Split(' '));
        Assert.That(ExecPlan.From(arguments, host.Settings([.. arguments.Common]), _ => null).Halt.When, Is.EqualTo(expected));
    }

    [Test]
    public void A_dry_run_prints_the_commands_and_runs_nothing()
    {
        var host = new FakeHost(("SHELL", "/bin/bash"));
        Assert.That(new HpcRuntime.Launcher.Hpcrun(host.Host, new(() => throw new AssertionException("No application is looked for."))).Run(["exec", "--dry-run", "echo {%} {} > f", ":::", "a b", "c"]), Is.Zero);
        Assert.That(host.Output, Is.EqualTo("echo {%} 'a b' > f\necho {%} c > f\n"));
    }

    [Test]
    public void Help_has_every_option()
    {
        var help = ExecHelp.Describe();
        Assert.That(ExecOptions.All.Where(option => !help.Contains(option.Usage) || !help.Contains(option.Help)), Is.Empty);
        Assert.That(ExecOptions.All.SelectMany(option => option.Names), Is.Unique);
    }
}
