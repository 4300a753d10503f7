using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;
using Serilog;

namespace HpcRuntime.Hosting;

/// <summary>Completes the processor's options once the fabric is known: slaves, prefix, logger, and a check of the settings.</summary>
internal static class FabricOptions
{
    private const string Wire = "wire";

    /// <summary>The completed options.</summary>
    /// <exception cref="UsageException">A setting names no fabric, no option of the chosen fabric, or a value it does not allow.</exception>
    internal static ProcessorOptions Complete(HostSettings settings, FabricChoice choice, HostLog log) => Complete(settings, choice, log.Logger, ProgramHost.Catalogue(settings));

    /// <summary>As above, from parts.</summary>
    internal static ProcessorOptions Complete(HostSettings settings, FabricChoice choice, ILogger logger, FabricCatalogue catalogue)
    {
        var fabric = choice.Fabric;
        foreach (var (key, given) in settings.Settings)
        {
            Check(key, given, fabric, catalogue);
        }

        var most = fabric.Traits.MaxSlaves;
        var slaves = fabric.Traits.DefaultSlaves ?? Math.Min(settings.Slaves ?? settings.DefaultSlaves, most);
        if (fabric.Traits.DefaultSlaves is { } there && settings.Slaves is { } asked && asked != there)
        {
            logger.Warning("{Origin:l} {Slaves} is not heeded: the launcher started {There} slaves", settings.Given["slaves"].Origin, asked, there);
        }
        else if (settings.Slaves > most)
        {
            logger.Warning("Fabric {Fabric:l} has {Most} slaves at most; {Origin:l} {Slaves} asks for more", fabric.Name, most, settings.Given["slaves"].Origin, settings.Slaves);
        }

        var prefix = settings.Options.Prefix != OutputPrefix.Auto ? settings.Options.Prefix
            : settings.Verbosity == Verbosity.Debug && slaves > 1 ? OutputPrefix.Rank : OutputPrefix.None;
        return settings.Options with { Slaves = slaves, Prefix = prefix, Logger = logger };
    }

    private static void Check(string key, GivenValue given, Fabric fabric, FabricCatalogue catalogue)
    {
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        var (owner, name) = (key[..dot], key[(dot + 1)..]);
        if (!string.Equals(owner, fabric.Name, StringComparison.OrdinalIgnoreCase))
        {
            // Options of other fabrics may be set too, so that one environment serves every run; those of the wire are the processor's to check.
            List<string> owners = [Wire, fabric.Name, .. catalogue.Names, "process", "mpi"];
            if (!owners.Contains(owner, StringComparer.OrdinalIgnoreCase))
            {
                throw new UsageException($"{given.Origin} {key}={given.Value}: there is no fabric '{owner}'; give one of {string.Join(", ", owners.Distinct(StringComparer.OrdinalIgnoreCase))}.");
            }

            return;
        }

        var option = fabric.Options.FirstOrDefault(option => option.Matches(name));
        if (option is null)
        {
            var nearest = NearestName.Find(name, fabric.Options.Select(known => known.Key));
            var list = fabric.Options.Count == 0 ? "it has none" : "it has " + string.Join(", ", fabric.Options.Select(known => known.Key));
            throw new UsageException($"{given.Origin} {key}={given.Value}: fabric {fabric.Name} has no option '{name}'; {(nearest is null ? string.Empty : $"did you mean '{nearest}'? ")}{list}.");
        }

        if (option.Choices is { } choices && !choices.Contains(given.Value))
        {
            throw new UsageException($"{given.Origin} {key}={given.Value}: not allowed; give {string.Join(" or ", choices)}.");
        }
    }
}
