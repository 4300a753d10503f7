using System;
using System.Linq;
using System.Threading;
using NUnit.Framework;

namespace HpcRuntime.Tests.ProcessFabric;

/// <summary>Nothing is left behind.</summary>
[Platform("Linux")]
[NonParallelizable]
public sealed class ProcessRemainsTests
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Kill = 9;
    private const int Terminate = 15;
    private const int Stop = 19;
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(15); // 2 s, with something to spare for machines that are busy.

    [TestCase("return", 0, 0)]
    [TestCase("throw", 0, 1)]
    [TestCase("exit", 0, 7)]
    [TestCase("wait", Hangup, 129)]
    [TestCase("wait", Interrupt, 130)]
    [TestCase("wait", Terminate, 143)]
    [TestCase("wait", Kill, 137)]
    [TestCase("wait", Kill, 137, "--set", "process.transport=socket")]
    public void A_master_leaves_nothing_however_it_ends(string way, int signal, int expected, params string[] options)
    {
        using var run = new RemainsOfRun(way, options);
        if (signal != 0)
        {
            run.AssertAtWork(slaves: 2);
            SystemCalls.Kill(run.Master, signal);
        }

        Assert.That(run.WaitForExit(), Is.EqualTo(expected));
        run.AssertNothingIsLeft(Promised);
    }

    [Test]
    public void Slaves_that_are_killed_leave_nothing()
    {
        using var run = new RemainsOfRun("wait", ["--set", "process.debug=on", "--max-attempts", "100"]);
        run.AssertAtWork(slaves: 2);
        var killed = run.Slaves();
        Array.ForEach(killed, slave => SystemCalls.Kill(slave, Kill));
        Assert.That(SpinWait.SpinUntil(() => run.Processes().All(process => !killed.Contains(process.Group)), Promised), Is.True, "They, and the programs that they had started.");
        Assert.That(SpinWait.SpinUntil(() => run.TemporaryFiles().All(file => killed.All(slave => !file.Contains($"-{slave}-", StringComparison.Ordinal))), Promised), Is.True, "The files for their debuggers.");
        SystemCalls.Kill(run.Master, Terminate);
        Assert.That(run.WaitForExit(), Is.EqualTo(143));
        run.AssertNothingIsLeft(Promised);
    }

    [Test]
    public void Stopped_slaves_of_a_stopped_and_killed_master_leave_nothing()
    {
        using var run = new RemainsOfRun("wait", []);
        run.AssertAtWork(slaves: 2);
        Array.ForEach(run.Slaves(), slave => SystemCalls.Kill(slave, Stop));
        SystemCalls.Kill(run.Master, Stop);
        SystemCalls.Kill(run.Master, Kill);
        Assert.That(run.WaitForExit(), Is.EqualTo(137));
        run.AssertNothingIsLeft(Promised);
    }
}
