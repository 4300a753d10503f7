using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>The help that every program on HpcRuntime shares: options with defaults, environment, fabrics, exit codes.</summary>
internal static class CommonHelp
{
    private const int Indent = 6;
    private const int Width = 100;

    /// <summary>The text.</summary>
    internal static string Describe(FabricCatalogue catalogue)
    {
        var text = new StringBuilder("Options:\n");
        foreach (var option in OptionTable.All)
        {
            text.Append("  ").Append(option.Usage).Append('\n');
            AppendWrapped(text, option.Help + (option.Variable is { } variable ? $" Environment: {variable}{(option.Name == "set" ? "=\"k=v;k=v\"" : option.MetaValue.Length == 0 ? "=1" : string.Empty)}." : string.Empty));
        }

        text.Append("\nThe command line wins over the environment. Options of the application go after --.\n");
        foreach (var name in catalogue.Names)
        {
            AppendFabric(text, name, catalogue);
        }

        text.Append("\nExit codes:\n");
        foreach (var (code, meaning) in ExitCodes.Table)
        {
            text.Append("  ").Append(code.PadRight(14)).Append(meaning).Append('\n');
        }

        return text.ToString().TrimEnd().Replace("\n", Environment.NewLine, StringComparison.Ordinal);
    }

    private static void AppendFabric(StringBuilder text, string name, FabricCatalogue catalogue)
    {
        using var fabric = catalogue.Create(name);
        text.Append("\nOptions of the fabric ").Append(name).Append(fabric.Options.Count == 0 ? ": none\n" : " (--set " + name + ".KEY=VALUE):\n");
        foreach (var line in OptionLines(fabric))
        {
            text.Append("  ").Append(line.Key).Append('\n');
            AppendWrapped(text, line.Help);
        }
    }

    /// <summary>The options that a fabric declares: as typed, and what they do with choices and default.</summary>
    internal static IEnumerable<(string Key, string Help)> OptionLines(Fabric fabric) => fabric.Options.Select(option =>
        ($"{fabric.Name}.{option.Key}", $"{option.Help.TrimEnd('.')}.{(option.Choices is null ? string.Empty : " One of: " + string.Join(", ", option.Choices) + ".")} Default: {option.Default}."));

    private static void AppendWrapped(StringBuilder text, string help)
    {
        var column = 0;
        foreach (var word in help.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > Width)
            {
                text.Append('\n');
                column = 0;
            }

            text.Append(column == 0 ? new string(' ', Indent) : " ").Append(word);
            column = column == 0 ? Indent + word.Length : column + 1 + word.Length;
        }

        text.Append('\n');
    }
}
