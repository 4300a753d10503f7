using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.ParallelIdioms.Bottles;
using NUnit.Framework;

namespace HpcRuntime.Tests.Examples.ParallelIdioms;

public sealed class FileFollowerTests
{
    private string _folder = null!;
    private string _file = null!;

    [SetUp]
    public void MakeRoom()
    {
        _folder = Directory.CreateTempSubdirectory("follower-").FullName;
        _file = Path.Combine(_folder, "a.log");
        File.WriteAllText(_file, "old\n");
    }

    [TearDown]
    public void ClearRoom() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void What_was_there_before_is_not_read_and_half_a_line_waits_for_its_other_half()
    {
        using var follower = new FileFollower(FilePlace.EndOf(_file));
        Assert.That(Read(follower), Is.Empty);
        File.AppendAllText(_file, " one \r\ntw");
        Assert.That(Read(follower), Is.EqualTo(new[] { "one" }));
        File.AppendAllText(_file, "o\nthree\n");
        Assert.That(Read(follower), Is.EqualTo(new[] { "two", "three" }));
    }

    [Test]
    public void Another_follower_goes_on_where_one_was_lost()
    {
        var place = FilePlace.EndOf(_file);
        using (var lost = new FileFollower(place))
        {
            File.AppendAllText(_file, "one\ntw");
            Assert.That(Read(lost), Is.EqualTo(new[] { "one" }));
            place = lost.Place;
        }

        File.AppendAllText(_file, "o\n");
        using var next = new FileFollower(place);
        Assert.That(Read(next), Is.EqualTo(new[] { "two" }));
    }

    [Test]
    public void A_file_that_is_emptied_is_read_from_its_start()
    {
        using var follower = new FileFollower(FilePlace.EndOf(_file));
        Assert.That(Read(follower), Is.Empty);
        File.WriteAllText(_file, "new\n");
        Assert.That(Read(follower), Is.EqualTo(new[] { "new" }), "As long as the old one, but another.");
        File.WriteAllText(_file, "n\n");
        Assert.That(Read(follower), Is.EqualTo(new[] { "n" }), "Shorter.");
    }

    [Test]
    public void A_file_that_is_moved_away_is_read_to_its_end_and_then_its_successor()
    {
        using var follower = new FileFollower(FilePlace.EndOf(_file));
        Assert.That(Read(follower), Is.Empty);
        File.AppendAllText(_file, "one\nlast, without an end");
        File.Move(_file, _file + ".1");
        Assert.That(Read(follower), Is.EqualTo(new[] { "one" }), "No successor yet.");
        File.WriteAllText(_file, "first\n");
        Assert.That(Read(follower), Is.EqualTo(new[] { "last, without an end", "first" }));
        File.AppendAllText(_file, "second\n");
        Assert.That(Read(follower), Is.EqualTo(new[] { "second" }));
    }

    [Test]
    public void A_file_that_was_empty_when_it_was_moved_away_is_not_held_on_to()
    {
        File.WriteAllText(_file, string.Empty);
        using var follower = new FileFollower(FilePlace.EndOf(_file));
        Assert.That(Read(follower), Is.Empty);
        File.Move(_file, _file + ".1");
        File.WriteAllText(_file, "first\n");
        Assert.That(Read(follower), Is.EqualTo(new[] { "first" }));
    }

    [Test]
    public void A_line_without_an_end_comes_in_pieces_of_about_a_mebibyte()
    {
        using var follower = new FileFollower(FilePlace.EndOf(_file));
        File.AppendAllText(_file, new string('x', 3_000_000) + "\n");
        var lines = Read(follower);
        Assert.That(string.Concat(lines), Has.Length.EqualTo(3_000_000));
        Assert.That(lines.Select(line => line.Length), Is.All.LessThan(1_200_000));
    }

    private static List<string> Read(FileFollower follower)
    {
        var all = new List<string>();
        while (follower.ReadLines() is { } lines)
        {
            all.AddRange(lines);
        }

        return all;
    }
}
