using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Text;
using CommandLine;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Docs;

/// <summary>The page of options: those of the command line, and those that each fabric declares.</summary>
internal static class OptionTables
{
    private const string CommonOptions = "HpcRuntime.Hosting.CommonOptions";

    /// <summary>The page for what <paramref name="assembly"/> holds.</summary>
    public static string Page(Assembly assembly)
    {
        var text = new StringBuilder(Pages.Notice).Append("# Options\n");
        if (assembly.GetType(CommonOptions) is { } common)
        {
            text.Append("\n## Command line\n\nUnderstood by `hpcrun run` and by every program that calls `HpcProgram.Run`. The command line wins over the environment.\n\n");
            text.Append("| option | environment | meaning |\n|---|---|---|\n");
            foreach (var option in common.GetProperties().Select(p => p.GetCustomAttribute<OptionAttribute>()).OfType<OptionAttribute>().Where(o => !o.Hidden))
            {
                var usage = $"{(option.ShortName.Length > 0 ? $"-{option.ShortName}, " : string.Empty)}--{option.LongName}{(option.MetaValue.Length > 0 ? " " + option.MetaValue : string.Empty)}";
                var variable = option.LongName is "help" or "version" ? string.Empty : "HPCRUNTIME_" + option.LongName.Replace('-', '_').ToUpperInvariant();
                Row(text, $"`{usage}`", variable, option.HelpText);
            }
        }

        foreach (var fabric in Fabrics(assembly))
        {
            text.Append("\n## Fabric ").Append(fabric.Name).Append("\n\n");
            text.Append(fabric.Options.Count == 0 ? "No options of its own.\n" : $"Set with `--set {fabric.Name}.KEY=VALUE`.\n\n| key | default | meaning |\n|---|---|---|\n");
            foreach (var option in fabric.Options.OrderBy(o => o.Key, StringComparer.Ordinal))
            {
                var choices = option.Choices is { Count: > 0 } allowed ? $". One of {string.Join(", ", allowed.Select(c => $"`{c}`"))}." : string.Empty;
                Row(text, $"`{fabric.Name}.{option.Key}`", option.Default, option.Help + choices);
            }

            fabric.Dispose();
        }

        return text.ToString();
    }

    private static IEnumerable<Fabric> Fabrics(Assembly assembly) =>
        assembly.GetTypes().Where(t => t is { IsAbstract: false } && t.IsSubclassOf(typeof(Fabric)) && t.GetConstructor(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance, []) is not null)
            .Select(t => (Fabric)Activator.CreateInstance(t, nonPublic: true)!).OrderBy(f => f.Name, StringComparer.Ordinal);

    private static void Row(StringBuilder text, string name, string second, string meaning) =>
        text.Append(CultureInfo.InvariantCulture, $"| {name} | {(second.Length > 0 ? $"`{second}`" : string.Empty)} | {meaning.Replace("|", "\\|", StringComparison.Ordinal)} |\n");
}
