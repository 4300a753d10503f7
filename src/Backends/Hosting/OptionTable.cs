using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using CommandLine;

namespace HpcRuntime.Hosting;

/// <summary>One common option, for help, documentation and the environment.</summary>
/// <param name="Name">Without the dashes.</param>
/// <param name="ShortName">One letter; empty without one.</param>
/// <param name="MetaValue">What stands for its value; empty for a switch.</param>
/// <param name="Help">What it does, with its default.</param>
/// <param name="Property">Where the parser leaves what was typed.</param>
internal sealed record OptionDescription(string Name, string ShortName, string MetaValue, string Help, PropertyInfo Property)
{
    /// <summary>The environment variable with the same meaning; null for the options that end the program.</summary>
    internal string? Variable => Name is "help" or "version" ? null : "HPCRUNTIME_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>The option as it is typed, such as <c>-n, --slaves N</c>.</summary>
    internal string Usage => string.Create(CultureInfo.InvariantCulture, $"{(ShortName.Length > 0 ? $"-{ShortName}, " : string.Empty)}--{Name}{(MetaValue.Length > 0 ? " " + MetaValue : string.Empty)}");
}

/// <summary>Every common option, in the order of <see cref="CommonOptions"/>.</summary>
internal static class OptionTable
{
    /// <summary>The table.</summary>
    /// <remarks>Every rank makes it as it starts: sequences of objects, whose code comes compiled with the framework; that for a value type of ours is compiled at each start.</remarks>
    internal static IReadOnlyList<OptionDescription> All { get; } = [.. typeof(CommonOptions).GetProperties().Select(Describe).OfType<OptionDescription>()];

    /// <summary>The option called <paramref name="name"/>.</summary>
    internal static OptionDescription Find(string name) => All.First(option => string.Equals(option.Name, name, StringComparison.Ordinal));

    private static OptionDescription? Describe(PropertyInfo property) => property.GetCustomAttribute<OptionAttribute>() is { } option
        ? new OptionDescription(option.LongName, option.ShortName, option.MetaValue, option.HelpText, property)
        : null;
}
