using System;
using HpcRuntime.Backends.Mpi;
using HpcRuntime.Backends.Process;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>Brings the two halves of a slave process together: the wing that knows how it was started, and the floor that knows what it runs.</summary>
internal static class SlaveHost
{
    internal static void RunIfSlave() => SlaveProgram.RunIfSlave(SlaveRank.Create);

    /// <summary>A rank other than 0 under an MPI launcher: serves and ends the process. Returns only where it could not begin: 0 where rank 0 finds the same and says it, for another rank's
    /// code could end the job before rank 0 has spoken; 3 for what may be wrong on this host alone.</summary>
    internal static int Serve(HostSettings settings, MpiLauncherEnvironment launcher, FabricCatalogue catalogue)
    {
        try
        {
            var fabric = FabricChoice.Choose(MpiRestart.Asked(settings), launcher, catalogue).Fabric;
            if (fabric is MpiFabric)
            {
                MpiFabric.ServeIfSlave(SlaveRank.Create, new FabricSettings(1, OptionChecks.SettingsFor(settings.Options, fabric), Serilog.Core.Logger.None));
            }

            return ExitCodes.Success;
        }
        catch (Exception e) when (ExitCodes.For(e) is ExitCodes.Usage or ExitCodes.FabricUnavailable)
        {
            if (e is FabricUnavailableException && !MpiFabric.LibraryIsHere)
            {
                Console.Error.WriteLine($"rank {launcher.Rank} on {Environment.MachineName}: {e.Message}");
                return ExitCodes.FabricUnavailable;
            }

            return ExitCodes.Success;
        }
    }
}
