using System;
using System.IO;
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
}
