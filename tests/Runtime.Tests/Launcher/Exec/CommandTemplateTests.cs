using System.Linq;
using HpcRuntime.Launcher.Exec;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Launcher.Exec;

/// <summary>From a template and values to what is started. What the command line shows is what GNU parallel's dry run shows.</summary>
internal sealed class CommandTemplateTests
{
    [TestCase("a b", "sort|a b")]
    [TestCase("", "sort|")]
    public void Without_placeholder_the_value_is_appended(string value, string expected) => Assert.That(Started(["sort"], value), Is.EqualTo(expected));

    [Test]
    public void Words_without_anything_for_a_shell_are_started_as_they_are()
    {
        Assert.That(Started(["sort", "-k", "2", "{1}", "x{2}y"], "a b", "$c"), Is.EqualTo("sort|-k|2|a b|x$cy"));
        Assert.That(Started(["sort  -u {}"], "it's"), Is.EqualTo("sort|-u|it's"));
    }

    [TestCase("sort {} | uniq", "sort 'a b' | uniq")]
    [TestCase("cd {}", "cd 'a b'")]
    [TestCase("X=1 env {}", "X=1 env 'a b'")]
    [TestCase("sort > {}.out", "sort > 'a b'.out")]
    [TestCase("echo \"$HOME\" {}", "echo \"$HOME\" 'a b'")]
    [TestCase("echo ~ {}", "echo ~ 'a b'")]
    [TestCase("if true; then echo {}; fi", "if true; then echo 'a b'; fi")]
    public void A_line_with_something_for_a_shell_in_it_goes_to_the_shell_with_quoted_values(string template, string expected)
        => Assert.That(Started([template], "a b"), Is.EqualTo("/bin/dash|-c|" + expected));

    [TestCase("echo", "echo a b", "echo|a b")]
    [TestCase("echo x{}y", "echo xa by", "echo|xa by")]
    public void Several_values_stand_apart(string template, string line, string started)
    {
        var job = Template([template]).Fill(1, ["a", "b"]);
        Assert.That((job.CommandLine, string.Join('|', job.Arguments.Prepend(job.Program))), Is.EqualTo((line, started.Replace("a b", "a|b").Replace("xa by", "xa|by"))));
    }

    [TestCase("{}", "/a/b.c/d.tar.gz")]
    [TestCase("{.}", "/a/b.c/d.tar")]
    [TestCase("{/}", "d.tar.gz")]
    [TestCase("{//}", "/a/b.c")]
    [TestCase("{/.}", "d.tar")]
    [TestCase("{1/.}", "d.tar")]
    [TestCase("{-1//}", "/a/b.c")]
    [TestCase("{#}", "7")]
    [TestCase("{3}", "")]
    public void A_placeholder_takes_its_part(string placeholder, string expected)
        => Assert.That(string.Join('|', Template(["p", "<" + placeholder + ">"], quoted: true).Fill(7, ["/a/b.c/d.tar.gz"]).Arguments), Is.EqualTo($"<{expected}>"));

    [Test]
    public void Quoted_words_are_arguments_whatever_is_in_them()
    {
        var job = Template(["printf", "%s|\\n$x", string.Empty], quoted: true).Fill(1, ["a b"]);
        Assert.That((job.Program, job.CommandLine), Is.EqualTo(("printf", "printf '%s|\\n$x' '' 'a b'")));
        Assert.That(job.Arguments, Is.EqualTo(new[] { "%s|\\n$x", string.Empty, "a b" }));
    }

    [TestCase("echo hi | tr h j", "/bin/dash|-c|echo hi | tr h j")]
    [TestCase("sort -u  file", "sort|-u|file")]
    public void Without_a_command_the_values_are_commands(string value, string expected) => Assert.That(Started([], value), Is.EqualTo(expected));

    [Test]
    public void The_slot_is_filled_in_later()
    {
        var template = Template(["echo", "{%}"]);
        Assert.That(template.Fill(1, ["a"]).Arguments, Is.EqualTo(new[] { template.SlotMark }));
        Assert.That(Template(["echo"]).SlotMark, Is.Not.EqualTo(template.SlotMark));
    }

    [Test]
    public void Another_text_may_stand_for_the_braces()
        => Assert.That(new CommandTemplate(["echo", "@", "{}", "{.}"], false, "@", "/bin/dash").Fill(1, ["a.b"]).CommandLine, Is.EqualTo("echo a.b {} a"));

    [Test]
    public void Perl_is_refused()
        => Assert.That(() => Template(["echo", "{= s/a/b/ =}"]), Throws.TypeOf<UsageException>().With.Message.Contains("Perl"));

    [TestCase("a", ExpectedResult = "a")]
    [TestCase("a b", ExpectedResult = "'a b'")]
    [TestCase("", ExpectedResult = "''")]
    [TestCase("'", ExpectedResult = "\"'\"")]
    [TestCase("'a", ExpectedResult = "\"'\"'a'")]
    [TestCase("b'", ExpectedResult = "'b'\"'\"")]
    [TestCase("a=b", ExpectedResult = "'a=b'")]
    [TestCase("-_.+/A9", ExpectedResult = "-_.+/A9")]
    public string Values_are_quoted_as_by_GNU_parallel(string value) => HpcRuntime.DataParallel.ShellQuote.Quote(value);

    private static CommandTemplate Template(string[] words, bool quoted = false) => new(words, quoted, "{}", "/bin/dash");

    private static string Started(string[] words, params string[] values)
    {
        var job = Template(words).Fill(1, values);
        return string.Join('|', job.Arguments.Prepend(job.Program));
    }
}
