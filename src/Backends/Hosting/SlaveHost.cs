using System;
using System.Globalization;
using System.Threading;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Brings the two halves of a slave process together: the wing that knows how it was started, and the floor that knows what it runs.</summary>
internal static class SlaveHost
{
    private static readonly TimeSpan PatienceWithRankZero = TimeSpan.FromSeconds(2);

    internal static void RunIfSlave() => SlaveProgram.RunIfSlave(SlaveRank.Create);

    /// <summary>A rank other than 0 under an MPI launcher: serves and ends the process. Returns only where it could not begin.</summary>
    internal static int Serve(HostSettings settings, MpiLauncherEnvironment launcher, FabricCatalogue catalogue)
    {
        try
        {
            var fabric = FabricChoice.Choose(MpiRestart.Asked(settings), launcher, catalogue).Fabric;
            if (fabric is MpiFabric)
            {
                MpiRestart.Check(settings);
                MpiFabric.ServeIfSlave(SlaveRank.Create, new FabricSettings(1, OptionChecks.SettingsFor(settings.Options, fabric), Serilog.Core.Logger.None));
            }

            return ExitCodes.Success;
        }
        catch (Exception e) when (ExitCodes.For(e) is ExitCodes.Usage or ExitCodes.FabricUnavailable)
        {
            return Leave(launcher, e);
        }
    }

    /// <summary>The end of a rank other than 0 that could not begin, with its exit code. Mostly every rank finds the same, rank 0 says it for all, and its launcher then ends the others:
    /// an earlier exit of one of those could end the job before rank 0 has spoken. A rank that is still there after a while is on a host where something is wrong that is right on rank 0's,
    /// and rank 0 would wait for it for ever.</summary>
    internal static int Leave(MpiLauncherEnvironment launcher, Exception wrong)
    {
        Thread.Sleep(PatienceWithRankZero);
        using var error = StandardError.Open();
        error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"error: rank {launcher.Rank} on host {Environment.MachineName}: {wrong.Message}"));
        return ExitCodes.For(wrong);
    }
}
