using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using CommandLine;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Bench;

/// <summary>A command line of <c>hpcrun bench</c>, checked.</summary>
/// <param name="Workload">Null for the table.</param>
/// <param name="Mode"><c>each</c> or <c>default</c>.</param>
/// <param name="Repetitions">At least 1.</param>
/// <param name="Budget">Seconds.</param>
/// <param name="Tasks">0 for the workload's own number.</param>
/// <param name="Payload">Bytes; 0 for the workload's own.</param>
/// <param name="Json">Whether the table comes as lines of JSON.</param>
/// <param name="Versus">Lines of an earlier run; null for none.</param>
internal sealed record BenchArguments(string? Workload, string Mode, int Repetitions, double Budget, int Tasks, long Payload, bool Json, string? Versus)
{
    private static readonly OwnOption[] Own = [.. typeof(BenchOptions).GetProperties().Select(OwnOption.Of).OfType<OwnOption>()];

    /// <summary>The options, for help.</summary>
    internal static IEnumerable<(string Usage, string Help)> Help => Own.Select(own => ($"--{own.Option.LongName}{(own.IsSwitch ? string.Empty : " " + own.Option.MetaValue)}", own.Option.HelpText));

    /// <summary>Takes what belongs to the benchmark out of <paramref name="args"/>; what is left are the options of every program.</summary>
    /// <exception cref="UsageException">A value is missing or not allowed.</exception>
    internal static (BenchArguments Bench, string[] Others) Parse(IReadOnlyList<string> args)
    {
        var own = new List<string>();
        var rest = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            var name = args[i].Split('=', 2)[0];
            var match = Own.FirstOrDefault(candidate => "--" + candidate.Option.LongName == name);
            if (match is null)
            {
                rest.Add(args[i]);
                continue;
            }

            if (own.Any(given => given.Split('=', 2)[0] == name))
            {
                throw new UsageException($"{name} is given more than once.");
            }

            own.Add(args[i]);
            if (!match.IsSwitch && !args[i].Contains('=', StringComparison.Ordinal))
            {
                own.Add(++i < args.Count ? args[i] : throw new UsageException($"{name} needs a value: {match.Option.MetaValue}."));
            }
        }

        using var parser = new Parser(settings => settings.HelpWriter = null);
        var options = parser.ParseArguments<BenchOptions>(own) is Parsed<BenchOptions> parsed
            ? parsed.Value
            : throw new UsageException("hpcrun bench: its options are not understood (--help lists them).");
        if (options.Workers is { } workers)
        {
            rest.Add("--slaves=" + workers);
        }

        return (Check(options), [.. rest]);
    }

    private static BenchArguments Check(BenchOptions options)
    {
        var mode = options.Mode ?? "each";
        if (mode is not ("each" or "default"))
        {
            throw new UsageException($"--mode is '{mode}'; each (one command in a message) and default (as the runtime packs them) are known.");
        }

        if (options.Versus is not null && (options.Workload is not null || options.Json))
        {
            throw new UsageException($"--vs compares the table, and {(options.Workload is null ? "--json" : "--workload")} prints none: give one of the two.");
        }

        if (options.Workload is null && (options.Mode is not null || options.Tasks is not null || options.Payload is not null))
        {
            throw new UsageException($"--{(options.Mode is not null ? "mode" : options.Tasks is not null ? "tasks" : "payload")} is for one --workload; the table has its own.");
        }

        return new BenchArguments(
            options.Workload,
            mode,
            (int)Number("reps", options.Repetitions, 3, 1, 1_000_000),
            Seconds(options.Budget),
            (int)Number("tasks", options.Tasks, 0, 0, int.MaxValue),
            Number("payload", options.Payload, 0, 0, long.MaxValue),
            options.Json,
            options.Versus);
    }

    private static long Number(string name, string? text, long otherwise, long least, long most)
    {
        if (text is null)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw new UsageException($"--{name} is '{text}'; a whole number of {least} or more is wanted.");
    }

    private static double Seconds(string? text) => text is null ? 15
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value
        : throw new UsageException($"--rep-budget is '{text}'; a number of seconds is wanted.");

    /// <summary>An option of the benchmark. A class: what the framework does with classes is compiled already as the program starts, and starting is one of the things that are measured.</summary>
    private sealed record OwnOption(OptionAttribute Option, bool IsSwitch)
    {
        internal static OwnOption? Of(PropertyInfo property) =>
            property.GetCustomAttribute<OptionAttribute>() is { } option ? new OwnOption(option, property.PropertyType == typeof(bool)) : null;
    }
}
