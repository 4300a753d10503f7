using System;
using System.Collections.Generic;
using System.Linq;

namespace HpcRuntime.Hosting;

/// <summary>What the user set, by the name of the option: the command line over the environment.</summary>
internal sealed class OptionReader
{
    private readonly CommonOptions _options;
    private readonly Func<string, string?> _environment;
    private readonly Dictionary<string, GivenValue?> _found = []; // Asked a property for the second time, reflection compiles a method for it.

    /// <summary>A reader of these options in this environment.</summary>
    internal OptionReader(CommonOptions options, Func<string, string?> environment)
    {
        _options = options;
        _environment = environment;
    }

    /// <summary>What was given for an option; null when nothing was. An empty variable counts as not set.</summary>
    internal GivenValue? Find(string name)
    {
        if (!_found.TryGetValue(name, out var given))
        {
            var option = OptionTable.Find(name);
            given = option.Property.GetValue(_options) switch
            {
                string text => new GivenValue(text, "--" + name),
                true => new GivenValue("true", "--" + name),
                _ => option.Variable is { } variable && _environment(variable) is { } value && value.Trim().Length > 0 ? new GivenValue(value.Trim(), variable) : null,
            };
            _found.Add(name, given);
        }

        return given;
    }

    /// <summary>Everything that was given, by the name of the option, settings of fabrics apart.</summary>
    internal Dictionary<string, GivenValue> FindAll()
    {
        var all = new Dictionary<string, GivenValue>();
        foreach (var option in OptionTable.All)
        {
            if (option.Variable is not null && option.Name != "set" && Find(option.Name) is { } given)
            {
                all.Add(option.Name, given);
            }
        }

        return all;
    }

    /// <summary>The option's value, or <paramref name="otherwise"/>.</summary>
    internal T Read<T>(string name, Func<GivenValue, T> parse, T otherwise) => Find(name) is { } given ? parse(given) : otherwise;

    /// <summary>The settings of fabrics, by <c>fabric.key</c>: those of <c>HPCRUNTIME_SET</c>, then those of <c>--set</c> over them, in order.</summary>
    internal Dictionary<string, GivenValue> ReadSettings()
    {
        var settings = new Dictionary<string, GivenValue>(StringComparer.OrdinalIgnoreCase);
        var variable = OptionTable.Find("set").Variable!;
        foreach (var text in (_environment(variable) ?? string.Empty).Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Add(settings, new GivenValue(text, variable));
        }

        foreach (var text in _options.Set.SelectMany(joined => joined.Split(ArgumentScanner.Separator)))
        {
            Add(settings, new GivenValue(text, "--set"));
        }

        return settings;
    }

    private static void Add(Dictionary<string, GivenValue> settings, GivenValue given)
    {
        var equals = given.Value.IndexOf('=', StringComparison.Ordinal);
        var key = equals < 0 ? string.Empty : given.Value[..equals].Trim();
        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0 || dot == key.Length - 1)
        {
            throw given.Refuse("FABRIC.KEY=VALUE, such as thread.isolation=none");
        }

        settings[key] = given with { Value = given.Value[(equals + 1)..].Trim() };
    }
}
