using System;
using System.IO;
using System.Text;
using HpcRuntime.Backends.Mpi.Launching;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi.Launching;

/// <summary>When the launcher reads the record of a run.</summary>
public sealed class RunFolderTests
{
    private static readonly DateTime Made = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Test]
    public void Word_is_looked_for_after_a_change_until_another_would_bear_another_time()
    {
        using var folder = new RunFolder(Path.GetTempPath());
        Directory.SetLastWriteTimeUtc(folder.Path, Made);
        Assert.Multiple(() =>
        {
            Assert.That(MayHaveNews(100), Is.True, "It has just been made.");
            Assert.That(MayHaveNews(102.9), Is.True, "A file system that counts seconds may have seen another change in the same one.");
            Assert.That(MayHaveNews(103), Is.False, "Nothing has changed since.");
            Assert.That(MayHaveNews(500), Is.False, "Nor later.");
        });

        folder.Write(RunFolder.BegunFile, string.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(MayHaveNews(501), Is.True, "A file has come.");
            Assert.That(MayHaveNews(503.9), Is.True, "It came 2.9 s ago.");
            Assert.That(MayHaveNews(504), Is.False, "It came 3 s ago.");
        });

        Directory.SetLastWriteTimeUtc(folder.Path, Made);
        Assert.That(MayHaveNews(600), Is.True, "A clock that went back is a change, too.");

        bool MayHaveNews(double seconds) => folder.MayHaveNews(TimeSpan.FromSeconds(seconds));
    }

    [TestCase("ended.2 127", "ended.2", "127")]
    [TestCase("master 4711 h1", "master", "4711 h1")]
    [TestCase("result 7\r", "result", "7")]
    [TestCase("begun ", "begun", "")]
    public void A_word_that_came_as_a_line_is_in_the_record_like_one_that_came_as_a_file(string line, string name, string content)
    {
        using var folder = new RunFolder(Path.GetTempPath());

        Assert.That(folder.TryTake(Encoding.UTF8.GetBytes($"\u001e{folder.Path} {line}")), Is.True);
        Assert.That(File.ReadAllText(Path.Combine(folder.Path, name)).Trim(), Is.EqualTo(content));
        Assert.That(Directory.GetFiles(folder.Path), Has.Length.EqualTo(1));
    }

    [TestCase("\u001e/tmp/hpcrun-other ended.2 127")]
    [TestCase("\u001eFOLDER ended.x 127")]
    [TestCase("\u001eFOLDER ended./../../x 127")]
    [TestCase("\u001eFOLDER agent 127")]
    [TestCase("\u001eFOLDER ended.2")]
    [TestCase("\u001eFOLDER ended.2 1x")]
    [TestCase("\u001eFOLDER result ")]
    [TestCase("\u001eFOLDER")]
    [TestCase("FOLDER ended.2 127")]
    public void A_line_that_is_no_word_of_this_run_is_not_taken(string line)
    {
        using var folder = new RunFolder(Path.GetTempPath());

        Assert.That(folder.TryTake(Encoding.UTF8.GetBytes(line.Replace("FOLDER", folder.Path, StringComparison.Ordinal))), Is.False);
        Assert.That(Directory.GetFiles(folder.Path), Is.Empty);
    }

    [Test]
    public void What_rank_0_says_of_its_result_comes_before_what_its_wrapper_says()
    {
        using var folder = new RunFolder(Path.GetTempPath());
        folder.TryTake(Encoding.UTF8.GetBytes($"\u001e{folder.Path} result 7"));
        folder.TryTake(Encoding.UTF8.GetBytes($"\u001e{folder.Path} result 137"));

        Assert.That(folder.Result, Is.EqualTo(7));
    }
}
