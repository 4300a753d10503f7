using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>Options that make no sense are refused where they are given, by name.</summary>
internal static class OptionChecks
{
    private const string CheckLent = "wire.check-lent";

    internal static ProcessorOptions Check(ProcessorOptions options, Fabric fabric)
    {
        Require(options.Slaves >= 0, nameof(options.Slaves), options.Slaves, "0 (what the machine allows) or more");
        Require(options.MaxAttempts >= 1, nameof(options.MaxAttempts), options.MaxAttempts, "1 or more");
        Require(options.Grain >= 1, nameof(options.Grain), options.Grain, "1 or more");
        Require(options.MaxOutput >= 1, nameof(options.MaxOutput), options.MaxOutput, "1 byte or more");
        Require(options.Timeout is null || options.Timeout > TimeSpan.Zero, nameof(options.Timeout), options.Timeout, "more than zero, or null for none");
        Require(options.Grace >= TimeSpan.Zero, nameof(options.Grace), options.Grace, "zero or more");
        Require(options.ProgressPeriod >= TimeSpan.FromMilliseconds(1), nameof(options.ProgressPeriod), options.ProgressPeriod, "1 ms or more");
        foreach (var (key, value) in options.Settings)
        {
            CheckSetting(key, value, fabric);
        }

        return options;
    }

    internal static void Check(CommandOptions? options)
    {
        if (options is not null)
        {
            Require(options.Timeout is null || options.Timeout > TimeSpan.Zero, nameof(options.Timeout), options.Timeout, "more than zero, or null for the processor's default");
            Require(options.MaxAttempts is null or >= 1, nameof(options.MaxAttempts), options.MaxAttempts, "1 or more, or null for the processor's default");
        }
    }

    internal static bool ChecksLent(ProcessorOptions options) => options.Settings.TryGetValue(CheckLent, out var value) && value == "true";

    internal static int SlavesFor(ProcessorOptions options, Fabric fabric)
    {
        var most = fabric.Traits.MaxSlaves;
        var asked = options.Slaves == 0 ? fabric.Traits.DefaultSlaves ?? Math.Min(MachineLimits.DefaultSlaves(), most) : options.Slaves;
        if (asked > most)
        {
            options.Logger.Warning("Fabric {Fabric} has at most {Most} slaves; {Asked} were asked for", fabric.Name, most, asked);
        }

        return Math.Min(asked, most);
    }

    /// <summary>The settings that belong to this fabric, without its name.</summary>
    internal static Dictionary<string, string> SettingsFor(ProcessorOptions options, Fabric fabric)
    {
        var prefix = fabric.Name + ".";
        return options.Settings.Where(s => s.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(s => s.Key[prefix.Length..], s => s.Value, StringComparer.OrdinalIgnoreCase);
    }

    private static void CheckSetting(string key, string value, Fabric fabric)
    {
        if (string.Equals(key, CheckLent, StringComparison.OrdinalIgnoreCase))
        {
            Require(value is "true" or "false", key, value, "true or false");
            return;
        }

        var prefix = fabric.Name + ".";
        if (!key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        {
            return; // Another fabric's: one set of options serves every fabric.
        }

        var option = fabric.Options.FirstOrDefault(o => o.Matches(key[prefix.Length..]))
            ?? throw new ArgumentException($"Fabric '{fabric.Name}' has no option '{key}'. It knows: {(fabric.Options.Count == 0 ? "none" : string.Join(", ", fabric.Options.Select(o => prefix + o.Key)))}.");
        Require(option.Choices is null || option.Choices.Contains(value), key, value, option.Choices is null ? string.Empty : string.Join(" or ", option.Choices));
    }

    private static void Require(bool holds, string name, object? value, string expected)
    {
        if (!holds)
        {
            throw new ArgumentException($"Option {name} is {value}; expected {expected}.");
        }
    }
}
