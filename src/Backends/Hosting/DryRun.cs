using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>What <c>--dry-run</c> prints: what would be run, on what, with which options and where each came from.</summary>
internal static class DryRun
{
    /// <summary>The text, a line for each thing. <paramref name="launch"/> is how the program would be started again; null where this process would run it.</summary>
    internal static string Describe(string application, IReadOnlyList<string> args, FabricChoice choice, ProcessorOptions options, HostSettings settings, string? launch)
    {
        var availability = launch is null ? choice.Fabric.CheckAvailability() : FabricAvailability.Usable;
        var lines = new List<(string Name, string Value, string Origin)>
        {
            ("application", application, string.Empty),
            ("arguments", args.Count == 0 ? "none" : string.Join(' ', args.Select(Quote)), string.Empty),
            ("processor", choice.Fabric.Name + (availability.IsUsable ? string.Empty : $" (cannot run here: {availability.Reason})"), choice.Reason),
            ("slaves", Text(options.Slaves), Origin("slaves", settings, "what the machine allows")),
        };
        foreach (var (name, value) in Values(options, settings))
        {
            lines.Add((name, value, Origin(name, settings, "default")));
        }

        foreach (var option in choice.Fabric.Options)
        {
            var key = choice.Fabric.Name + "." + option.Key;
            lines.Add(settings.Settings.TryGetValue(key, out var given) ? (key, given.Value, given.Origin) : (key, option.Default, "default"));
        }

        return (launch is null ? string.Empty : launch + Environment.NewLine) + string.Join(Environment.NewLine, lines.Select(line => $"{line.Name,-14} {line.Value}{(line.Origin.Length > 0 ? $"  ({line.Origin})" : string.Empty)}"));
    }

    private static IEnumerable<(string Name, string Value)> Values(ProcessorOptions options, HostSettings settings) =>
    [
        ("seed", Text(options.Seed)),
        ("debug", OnOff(options.Debug)),
        ("chunking", OptionValues.Kebab(options.Chunking)),
        ("grain", Text(options.Grain)),
        ("error-policy", OptionValues.Kebab(options.ErrorPolicy)),
        ("max-attempts", Text(options.MaxAttempts)),
        ("strict", OnOff(options.Strict)),
        ("timeout", options.Timeout is { } time ? StatisticsTable.Time(time) : "none"),
        ("max-output", options.MaxOutput == long.MaxValue ? "none" : Text(options.MaxOutput) + " bytes"),
        ("prefix", OptionValues.Kebab(options.Prefix)),
        ("verbosity", OptionValues.Kebab(settings.Verbosity)),
        ("log-file", settings.LogFile?.Value ?? "none"),
        ("stats", OnOff(settings.Stats)),
        ("trace", settings.Trace?.Value ?? "none"),
        ("progress", OptionValues.Kebab(settings.Progress)),
        ("backend-path", options.BackendPath.Count == 0 ? "none" : string.Join(System.IO.Path.PathSeparator, options.BackendPath)),
    ];

    private static string Origin(string name, HostSettings settings, string otherwise) => settings.Given.TryGetValue(name, out var given) ? given.Origin : otherwise;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string OnOff(bool value) => value ? "on" : "off";

    private static string Quote(string argument) => argument.Length == 0 || argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument;
}
