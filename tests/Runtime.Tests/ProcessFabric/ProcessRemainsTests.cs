using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using HpcRuntime.Processing;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Nothing is left behind.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class ProcessRemainsTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5); // 2 s, with something to spare for machines that are busy.

    [TestCase("shm")]
    [TestCase("socket")]
    public void Processors_that_were_closed_leave_no_process_descriptor_or_mapping(string transport)
    {
        Once(transport);
        var before = Count();
        for (var i = 0; i < 10; i++)
        {
            Once(transport);
        }

        var after = Count();
        Assert.That(after.Children, Is.EqualTo(before.Children));
        Assert.That(after.Descriptors, Is.LessThanOrEqualTo(before.Descriptors + 2), "Of twenty slaves.");
        Assert.That(after.Segments, Is.EqualTo(before.Segments));
    }

    [TestCase(9, "shm")]
    [TestCase(9, "socket")]
    [TestCase(2, "shm")]
    [TestCase(15, "shm")]
    public void A_master_that_is_killed_leaves_nothing(int signal, string transport)
    {
        var temporary = Directory.GetFileSystemEntries(Path.GetTempPath()).Length;
        var shared = Directory.GetFileSystemEntries("/dev/shm");
        using var hpcrun = HpcrunProcess.Start("run", TestApplications.Assembly + ":SlowApplication", "--processor", "process", "-n", "2", "--set", "process.transport=" + transport);
        hpcrun.WaitForLine("started");
        var slaves = ChildrenOf(hpcrun.Id);
        Assert.That(slaves, Has.Length.EqualTo(3), "Two slaves, and the guardian of what they start.");
        SystemCalls.Kill(hpcrun.Id, signal);
        Assert.That(SpinWait.SpinUntil(() => slaves.All(HasEnded), Promised), Is.True, "Slaves must die with their master.");
        Assert.That(Directory.GetFileSystemEntries("/dev/shm"), Is.SubsetOf(shared));
        Assert.That(Directory.GetFiles(Path.GetTempPath()).Where(file => slaves.Any(slave => Path.GetFileName(file).Contains($"-{slave}-", StringComparison.Ordinal))), Is.Empty, $"{temporary} entries before.");
    }

    [TestCase(9, "the master")]
    [TestCase(15, "the master")]
    [TestCase(9, "the slave")]
    public void What_a_command_has_started_ends_with_its_slave_and_its_master(int signal, string whom)
    {
        using var hpcrun = HpcrunProcess.Start("run", TestApplications.Assembly + ":GrandchildApplication", "--processor", "process", "-n", "1", "--max-attempts", "1");
        var grandchild = int.Parse(hpcrun.WaitForLine("grandchild").Split(' ')[1], CultureInfo.InvariantCulture);
        var all = ChildrenOf(hpcrun.Id).Append(grandchild).ToArray();
        var slave = all.Single(process => process != grandchild && ChildrenOf(process).Contains(grandchild));
        SystemCalls.Kill(whom == "the slave" ? slave : hpcrun.Id, signal);
        Assert.That(SpinWait.SpinUntil(() => all.All(HasEnded), Promised), Is.True, "Also what the slave had started, and who looked after that.");
    }

    [Test]
    public void Stopped_slaves_of_a_stopped_and_killed_master_die_too()
    {
        using var hpcrun = HpcrunProcess.Start("run", TestApplications.Assembly + ":SlowApplication", "--processor", "process", "-n", "2");
        hpcrun.WaitForLine("started");
        var slaves = ChildrenOf(hpcrun.Id);
        Array.ForEach(slaves, slave => SystemCalls.Kill(slave, 19));
        SystemCalls.Kill(hpcrun.Id, 19);
        SystemCalls.Kill(hpcrun.Id, 9);
        Assert.That(SpinWait.SpinUntil(() => slaves.All(HasEnded), Promised), Is.True);
    }

    private static void Once(string transport)
    {
        using var processor = Processor.Load("process", new ProcessorOptions { Slaves = 2, ShowOutput = false, Settings = new System.Collections.Generic.Dictionary<string, string> { ["process.transport"] = transport } });
        processor.ExecuteOnEverySlave(new ProcessIdCommand());
    }

    private static (int Children, int Descriptors, int Segments) Count() =>
        (ChildrenOf(Environment.ProcessId).Length, Directory.GetFileSystemEntries("/proc/self/fd").Length, File.ReadLines("/proc/self/maps").Count(line => line.Contains("hpcruntime-", StringComparison.Ordinal)));

    private static int[] ChildrenOf(int process) =>
        [.. Directory.GetDirectories($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/task").SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(id => int.Parse(id, CultureInfo.InvariantCulture))];

    private static bool HasEnded(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }
}
