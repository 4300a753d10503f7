using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using HpcRuntime.Launcher.Exec;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Launcher.Exec;

/// <summary>From sources to the values of each job.</summary>
internal sealed class InputSourcesTests
{
    [TestCase("a b|1 2", "a1 a2 b1 b2")]
    [TestCase("a b|1|x y", "a1x a1y b1x b1y")]
    [TestCase("a b|+1 2 3", "a1 b2")]
    [TestCase("a b|+1 2|x y", "a1x a1y b2x b2y")]
    [TestCase("x y|a b|+1 2", "xa1 xb2 ya1 yb2")]
    public void Every_combination_comes_once_and_the_last_source_changes_fastest(string sources, string expected)
        => Assert.That(Combined(sources), Is.EqualTo(expected));

    [Test]
    public void Linked_sources_begin_again_when_they_are_shorter() => Assert.That(Combined("a b c|1 2", link: true), Is.EqualTo("a1 b2 c1"));

    [Test]
    public void Several_values_go_into_one_job() => Assert.That(Combined("a b c", perJob: 2), Is.EqualTo("ab c"));

    [Test]
    public void The_first_source_is_read_only_as_far_as_jobs_are_taken()
    {
        var read = 0;
        IEnumerable<string> Endless()
        {
            while (true)
            {
                read++;
                yield return "x";
            }
        }

        var jobs = InputSources.Combine([new(Endless(), false), new(["1", "2"], false)], false, new Regex(","), 1, true);
        Assert.That(jobs.Take(7).Select(values => string.Concat(values)), Is.EqualTo(new[] { "x1", "x2", "x1", "x2", "x1", "x2", "x1" }));
        Assert.That(read, Is.EqualTo(4));
    }

    [TestCase("a\nb c\n", "a|b c")]
    [TestCase("a\n\nb", "a||b")]
    [TestCase("\n", "")]
    [TestCase("a\r\nb", "a\r|b")]
    public void Lines_are_values_as_they_are(string text, string expected)
        => Assert.That(InputReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "here", (byte)'\n'), Is.EqualTo(expected.Split('|')));

    [Test]
    public void Nothing_is_no_value() => Assert.That(InputReader.Read(new MemoryStream(), "here", (byte)'\n'), Is.Empty);

    [Test]
    public void A_value_longer_than_the_buffer_is_one_value()
    {
        var text = new string('ä', 100_000);
        Assert.That(InputReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text + "\nb")), "here", (byte)'\n'), Is.EqualTo(new[] { text, "b" }));
    }

    [Test]
    public void What_is_not_UTF_8_is_refused_by_its_place()
        => Assert.That(() => InputReader.Read(new MemoryStream([(byte)'a', 10, 0xff, 10]), "list.txt", 10).ToList(), Throws.TypeOf<UsageException>().With.Message.Contains("value 2 of list.txt is not UTF-8"));

    private static string Combined(string sources, bool link = false, int perJob = 1)
    {
        var all = sources.Split('|').Select(source => new InputSource(source.TrimStart('+').Split(' '), source[0] == '+')).ToList();
        return string.Join(' ', InputSources.Combine(all, link, null, perJob, false).Select(values => string.Concat(values)));
    }
}
