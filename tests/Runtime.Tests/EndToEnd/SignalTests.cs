using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using NUnit.Framework;

namespace HpcRuntime.Tests.EndToEnd;

/// <summary>Signals to the built tool: it ends soon, with the signal's code, and says how much was done.</summary>
[Parallelizable(ParallelScope.None)]
[Platform("Linux,MacOsX")]
internal sealed partial class SignalTests
{
    private const int Hangup = 1;
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20); // Left alone, one runs for 40 s and the other for ever.

    [TestCase("uni", Interrupt, "SIGINT", 130, "")]
    [TestCase("thread", Interrupt, "SIGINT", 130, "")]
    [TestCase("thread", Interrupt, "SIGINT", 130, "swallow")]
    [TestCase("thread", Terminate, "SIGTERM", 143, "")]
    [TestCase("thread", Hangup, "SIGHUP", 129, "")]
    public void A_run_ends_soon_and_says_how_much_was_done(string fabric, int signal, string name, int expected, string argument)
    {
        using var hpcrun = HpcrunProcess.Start("run", TestApplications.Named("SlowApplication"), argument, "--processor", fabric, "-n", "1");
        hpcrun.WaitForLine("started");

        var clock = Stopwatch.StartNew();
        Send(hpcrun.Id, signal);
        var (code, _, error) = hpcrun.WaitForExit();

        Assert.That(clock.Elapsed, Is.LessThan(Bound));
        Assert.That(code, Is.EqualTo(expected), error);
        Assert.That(error, Does.Match($@"^interrupted by {name}: \d+ of \d+ commands done, 0 failed\n$"));
    }

    [TestCase(1, 1.0)]
    [TestCase(2, 0.0)]
    public void An_application_that_does_not_listen_is_ended(int signals, double atLeast)
    {
        using var hpcrun = HpcrunProcess.Start("run", TestApplications.Named("DeafApplication"), "--processor", "thread");
        hpcrun.WaitForLine("started");

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < signals; i++)
        {
            Send(hpcrun.Id, i == 0 ? Interrupt : Terminate);
        }

        var (code, _, error) = hpcrun.WaitForExit();

        Assert.That(clock.Elapsed, Is.InRange(TimeSpan.FromSeconds(atLeast), Bound));
        Assert.That(code, Is.AnyOf(130, 143), error);
        Assert.That(error, Does.StartWith("interrupted by SIG").And.Contain("commands done"));
    }

    private static void Send(int process, int signal) => Assert.That(Kill(process, signal), Is.Zero);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
