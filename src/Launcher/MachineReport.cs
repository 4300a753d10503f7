using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using HpcRuntime.Backends.Mpi.Launching;
using HpcRuntime.Fabrics;
using HpcRuntime.Hosting;
using HpcRuntime.Primitives;

namespace HpcRuntime.Launcher;

/// <summary>What <c>hpcrun info</c> prints: what this machine has, and which fabrics it can carry.</summary>
internal static class MachineReport
{
    /// <summary>The report; only the fabric called <paramref name="name"/> when there is a name.</summary>
    /// <exception cref="UnknownFabricException">There is no such fabric.</exception>
    internal static string Describe(FabricCatalogue catalogue, string? name, Func<string, string?> environment, int processorCount)
    {
        var text = new StringBuilder();
        if (name is null)
        {
            AppendMachine(text, environment, processorCount);
            text.AppendLine().AppendLine("Fabrics");
        }

        foreach (var fabricName in name is null ? catalogue.Names : [name])
        {
            AppendFabric(text, catalogue, fabricName);
        }

        return text.ToString().TrimEnd();
    }

    private static void AppendMachine(StringBuilder text, Func<string, string?> environment, int processorCount)
    {
        text.AppendLine("Machine");
        Append(text, "host", Environment.MachineName);
        Append(text, "cores", string.Create(CultureInfo.InvariantCulture, $"{MachineLimits.AllowedCores(environment, processorCount)} allowed; {MachineLimits.DefaultSlaves(environment, processorCount)} slaves by default"));
        Append(text, "memory", StatisticsTable.Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) + " available to this process");
        Append(text, "system", $"{RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})");
        Append(text, ".NET", RuntimeInformation.FrameworkDescription);
        Append(text, "HpcRuntime", ProgramHost.VersionText);
        var libraries = MpiLibraries.Find(environment);
        Append(text, "MPI libraries", libraries.Count == 0 ? "none found" : string.Join(", ", libraries));
        var launchers = MpiFinder.ForThisProcess(environment).FindAll();
        Append(text, "MPI launchers", launchers.Count == 0 ? "none found" : string.Join(", ", launchers));
    }

    private static void AppendFabric(StringBuilder text, FabricCatalogue catalogue, string name)
    {
        using var fabric = catalogue.Create(name);
        var availability = fabric.CheckAvailability();
        Append(text, fabric.Name, availability.IsUsable ? "usable: " + string.Join(", ", Traits(fabric.Traits)) : $"not usable here: {availability.Reason}");
        foreach (var (key, help) in CommonHelp.OptionLines(fabric))
        {
            text.Append("    --set ").Append(key).Append("=VALUE  ").AppendLine(help);
        }
    }

    private static IEnumerable<string> Traits(FabricTraits traits)
    {
        yield return traits.MaxSlaves == int.MaxValue ? "any number of slaves" : string.Create(CultureInfo.InvariantCulture, $"{traits.MaxSlaves} slave{(traits.MaxSlaves == 1 ? string.Empty : "s")} at most");
        yield return traits.InLine ? "in line on the master's thread" : traits.SharedMemory ? "in the master's process" : "in processes of their own";
        if (traits.ReplacesSlaves)
        {
            yield return "replaces lost slaves";
        }

        if (traits.Resizable)
        {
            yield return "resizable";
        }
    }

    private static void Append(StringBuilder text, string name, string value) => text.Append("  ").Append(name.PadRight(15)).AppendLine(value);
}
