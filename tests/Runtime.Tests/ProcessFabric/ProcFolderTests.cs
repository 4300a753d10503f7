using System;
using System.Diagnostics;
using System.IO;
using HpcRuntime.Backends.Native;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>What is read from /proc is what the file holds, in a buffer of any size.</summary>
public sealed class ProcFolderTests
{
    [Test]
    public void This_process_and_its_child_are_among_the_processes_until_the_child_is_gone()
    {
        using var child = Process.Start(new ProcessStartInfo("sleep", "60"))!;
        try
        {
            Assert.That(ProcFolder.Processes(), Does.Contain(Environment.ProcessId).And.Contain(child.Id));
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }

        Assert.That(ProcFolder.Processes(), Does.Not.Contain(child.Id));
    }

    [Test]
    public void Every_process_is_told_once() => Assert.That(ProcFolder.Processes(), Is.Unique.And.All.GreaterThan(0));

    [TestCase(1)]
    [TestCase(16)]
    [TestCase(1 << 20)]
    public void A_file_is_read_whole_whatever_the_buffer(int size)
    {
        var buffer = new byte[size];
        Assert.That(ProcFolder.Read("/proc/self/cmdline", ref buffer).ToArray(), Is.EqualTo(File.ReadAllBytes("/proc/self/cmdline")));
    }

    [TestCase("/proc/self/nothing-of-that-name")]
    [TestCase("/proc/self/fd")]
    [TestCase("/proc/self/mem", Description = "Nothing is mapped at its beginning, so that reading it fails.")]
    public void What_cannot_be_read_holds_nothing(string path)
    {
        var buffer = new byte[16];
        Assert.That(ProcFolder.Read(path, ref buffer).Length, Is.Zero);
    }
}
