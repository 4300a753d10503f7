using System;
using System.Globalization;
using System.IO;
using System.Linq;
using HpcRuntime.Tests.EndToEnd;
using NUnit.Framework;

namespace HpcRuntime.Tests.Mpi;

/// <summary>Data for every slave, over four hosts that are network namespaces of this machine: the master and ranks 1 and 2 on h1, 3 and 4 on h2, 5 and 6 on h3, 7 on h4, which gets its copy from h3.</summary>
internal abstract class HostsLabData(string library) : IDisposable
{
    private protected const int Mebibytes = 24;

    private readonly string _hosts = Path.GetTempFileName();
    private HostsLab? _lab;

    [OneTimeSetUp]
    public void Build()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Ignore("Network namespaces need root.");
        }

        File.WriteAllText(_hosts, "h1 slots=2\nh2 slots=2\nh3 slots=2\nh4 slots=1\n");
        _lab = new HostsLab(4);
    }

    [OneTimeTearDown]
    public void Dispose()
    {
        _lab?.Dispose();
        _lab = null;
        File.Delete(_hosts);
    }

    /// <summary>Sends data while the cable of a host is slow, and kills rank 5 when the time has come.</summary>
    private protected (int Code, string Output, string Error) KillTheLeaderOfH3(string slow, string delay, Action<HpcrunProcess> wait)
    {
        HostsLab.Script("slow", slow, delay);
        using var hpcrun = Start(Mebibytes);
        try
        {
            hpcrun.WaitForLine("sending");
            wait(hpcrun);
            LaunchedRanks.Signal(LaunchedRanks.Rank(hpcrun.Id, 5)!.Value, 9);
        }
        finally
        {
            HostsLab.Script("fast", slow);
        }

        return hpcrun.WaitForExit();
    }

    /// <summary>Whether a rank has a copy mapped: a leader's.</summary>
    private protected static bool HoldsCopy(int launcher, int rank) => LaunchedRanks.Rank(launcher, rank) is { } process && File.ReadAllText($"/proc/{process}/maps").Contains("hpcruntime-data", StringComparison.Ordinal);

    private protected static string Last(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];

    private protected HpcrunProcess Start(params int[] words) => HpcrunProcess.Start(
        [("HPCRUNTIME_MPI", library), .. HostsLab.Variables("rsh", "mpi.heartbeat=6s")],
        ["run", TestApplications.Named("DataApplication"), "--hostfile", _hosts, "--verbosity", "debug", "--", .. words.Select(word => word.ToString(CultureInfo.InvariantCulture))]);
}
