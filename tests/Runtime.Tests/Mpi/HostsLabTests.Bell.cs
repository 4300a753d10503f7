using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <content>How ranks on other hosts are woken.</content>
internal sealed partial class HostsLabTests
{
    private const string DeafLine = "do not hear each other's doorbell";

    [Test]
    public void A_rank_on_another_host_sleeps_until_it_is_rung()
    {
        using var hpcrun = StartIdle(15);
        hpcrun.WaitForLine("idle");
        Pause(3); // Rings go with the signs of life, one a second: by now each has heard the other.
        var before = Wakings(hpcrun.Id, 3);
        Pause(2);
        var woken = Wakings(hpcrun.Id, 3) - before;
        var (code, output, error) = hpcrun.WaitForExit();

        Assert.That((code, output.Contains("3 slaves answer", StringComparison.Ordinal)), Is.EqualTo((0, true)), error);
        Assert.That(error, Does.Not.Contain(DeafLine));
        Assert.That(woken, Is.LessThan(200), "Wakings in 2 s; one that looks every millisecond has some 1500.");
    }

    [Test]
    public void Where_no_datagram_comes_through_ranks_look_often_and_the_master_says_so()
    {
        HostsLab.Script("mute", "h3");
        try
        {
            using var hpcrun = StartIdle(6);
            var (code, output, error) = hpcrun.WaitForExit();

            Assert.That((code, output.Contains("3 slaves answer", StringComparison.Ordinal)), Is.EqualTo((0, true)), error);
            Assert.That(error.Split('\n').Where(line => line.Contains(DeafLine, StringComparison.Ordinal)).ToArray(), Has.Length.EqualTo(1).And.All.Contains("Rank 3 on h3"));
        }
        finally
        {
            HostsLab.Script("unmute", "h3");
        }
    }

    [Test]
    public void A_rank_on_another_host_that_is_long_in_a_command_shows_life_all_the_same()
    {
        using var hpcrun = StartIdle(0, 9);
        var (code, output, error) = hpcrun.WaitForExit();
        Assert.That((code, output.Contains("3 slaves answer", StringComparison.Ordinal)), Is.EqualTo((0, true)), error);
        Assert.That(error, Does.Not.Contain("is lost"));
    }

    [Test]
    public void A_rank_whose_application_keeps_MPI_for_longer_than_the_heartbeat_shows_life_all_the_same()
    {
        var (code, output, error) = HpcrunProcess.Run(Variables("rsh", "mpi.heartbeat=6s"), "run", TestApplications.Named("LendingApplication"), "--hostfile", Hosts, "--", "9");

        Assert.That((code, output.Contains("3 slaves answer", StringComparison.Ordinal)), Is.EqualTo((0, true)), error);
        Assert.That(error, Does.Not.Contain("is lost"));
    }

    private HpcrunProcess StartIdle(params int[] seconds) => HpcrunProcess.Start(
        Variables("rsh", "mpi.heartbeat=6s"), ["run", TestApplications.Named("IdleApplication"), "--hostfile", Hosts, "--verbosity", "debug", "--", .. seconds.Select(number => number.ToString(CultureInfo.InvariantCulture))]);

    private static void Pause(int seconds)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromSeconds(seconds));
    }

    /// <summary>How often the threads of a rank have been woken.</summary>
    private static long Wakings(int launcher, int rank) => Directory.EnumerateDirectories($"/proc/{LaunchedRanks.Rank(launcher, rank)}/task").Sum(thread => WakingsOf(thread));

    private static long WakingsOf(string thread)
    {
        try
        {
            return File.ReadLines(Path.Combine(thread, "status")).Where(line => line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal)).Sum(line => long.Parse(line.Split(':')[1], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return 0; // It has just ended.
        }
    }
}
