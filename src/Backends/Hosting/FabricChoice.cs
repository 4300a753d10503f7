using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>The fabric that a program runs on, and why that one.</summary>
/// <param name="Fabric">The fabric, not started. Whoever asked for the choice disposes it.</param>
/// <param name="Reason">For the log and the dry run.</param>
internal sealed record FabricChoice(Fabric Fabric, string Reason)
{
    private static readonly string[] Automatic = ["mpi", "process", "thread"];

    /// <summary>Chooses: what was asked for, else mpi under an MPI launcher, else thread.</summary>
    /// <exception cref="UnknownFabricException">There is no such fabric.</exception>
    /// <exception cref="FabricUnavailableException">It cannot run here.</exception>
    /// <exception cref="UsageException">Another fabric than mpi was asked for under an MPI launcher, where every rank would start its own.</exception>
    internal static FabricChoice Choose(GivenValue? asked, MpiLauncherEnvironment? launcher, FabricCatalogue catalogue)
    {
        var name = asked?.Value;
        var automatic = string.Equals(name, "auto", StringComparison.OrdinalIgnoreCase);
        if (launcher is not null)
        {
            return ChooseUnderLauncher(automatic ? null : asked, launcher, catalogue);
        }

        if (automatic)
        {
            return ChooseUsable(catalogue);
        }

        return name is null ? new FabricChoice(catalogue.Create("thread"), "the default") : new FabricChoice(catalogue.Create(name), "from " + asked!.Origin);
    }

    /// <summary>What is taken in place of this choice where everything is to run in line on the master.</summary>
    internal FabricChoice InLine(FabricCatalogue catalogue)
    {
        Fabric.Dispose();
        return new FabricChoice(catalogue.Create("uni"), $"in place of {Fabric.Name}: everything runs in line, for the debugger");
    }

    private static FabricChoice ChooseUnderLauncher(GivenValue? asked, MpiLauncherEnvironment launcher, FabricCatalogue catalogue)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{launcher.Launcher} with {launcher.Size} ranks");
        if (asked is not null && !string.Equals(asked.Value, "mpi", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"{asked.Origin} {asked.Value}: under {where} the fabric is mpi; start the program without the launcher to use another.");
        }

        return catalogue.Names.Contains("mpi")
            ? new FabricChoice(catalogue.Create("mpi"), "started by " + where)
            : throw new FabricUnavailableException("mpi", $"started by {where}, but the mpi fabric is not in this version of HpcRuntime; start the program without the launcher.");
    }

    private static FabricChoice ChooseUsable(FabricCatalogue catalogue)
    {
        var refused = new List<string>();
        foreach (var name in Automatic)
        {
            if (!catalogue.Names.Contains(name))
            {
                refused.Add($"{name} is not in this version");
                continue;
            }

            var fabric = catalogue.Create(name);
            var availability = fabric.CheckAvailability();
            if (availability.IsUsable)
            {
                return new FabricChoice(fabric, "the first usable" + (refused.Count > 0 ? ": " + string.Join("; ", refused) : string.Empty));
            }

            refused.Add($"{name}: {availability.Reason}");
            fabric.Dispose();
        }

        throw new FabricUnavailableException("auto", string.Join("; ", refused));
    }
}
