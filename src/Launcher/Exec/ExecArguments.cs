using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using HpcRuntime.Hosting;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>A command line of <c>hpcrun exec</c>, taken apart as GNU parallel does: options up to the first other word or <c>--</c>, then the command, then sources of values.</summary>
internal sealed class ExecArguments
{
    private static readonly string[] SourceWords = [":::", ":::+", "::::", "::::+"];
    private readonly Dictionary<string, List<string>> _own = new(StringComparer.Ordinal);
    private readonly List<string> _common = [];
    private readonly List<string> _template = [];
    private readonly List<(string Word, List<string> Values)> _sources = [];

    /// <summary>The options that every verb takes, as they were typed.</summary>
    internal IReadOnlyList<string> Common => _common;

    /// <summary>The words of the command; none when the values are commands.</summary>
    internal IReadOnlyList<string> Template => _template;

    /// <summary>The sources behind the command: the word that began each, and what followed it.</summary>
    internal IReadOnlyList<(string Word, List<string> Values)> Sources => _sources;

    /// <summary>The arguments behind the verb where the verb is exec; null for any other command line. Common options may stand before it.</summary>
    internal static IReadOnlyList<string>? Behind(IReadOnlyList<string> args) => PlaceOf("exec", args) is { } place ? [.. args.Take(place), .. args.Skip(place + 1)] : null;

    /// <summary>Where a verb stands that only common options, with their values, come before; null where there is none.</summary>
    internal static int? PlaceOf(string verb, IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i] == verb)
            {
                return i;
            }

            if (!args[i].StartsWith('-') || args[i] == "--" || FindCommon(args[i]) is not { } option)
            {
                return null;
            }

            i += option.MetaValue.Length > 0 && TakesNext(args[i]) ? 1 : 0;
        }

        return null;
    }

    /// <summary>Takes them apart.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value or is given twice.</exception>
    internal static ExecArguments Parse(IReadOnlyList<string> args)
    {
        var arguments = new ExecArguments();
        var next = 0;
        while (next < args.Count && args[next] != "--" && args[next].Length > 1 && args[next].StartsWith('-'))
        {
            next = arguments.TakeOption(args, next);
        }

        next += next < args.Count && args[next] == "--" ? 1 : 0;
        for (; next < args.Count; next++)
        {
            if (SourceWords.Contains(args[next]))
            {
                arguments._sources.Add((args[next], []));
            }
            else
            {
                (arguments._sources.Count == 0 ? arguments._template : arguments._sources[^1].Values).Add(args[next]);
            }
        }

        return arguments;
    }

    internal bool Has(string name) => _own.ContainsKey(name);

    /// <summary>The value of an option that is given once; null when it is not given.</summary>
    internal string? Value(string name)
    {
        var values = Values(name);
        return values.Count == 0 ? null : values.Count == 1 ? values[0] : throw new UsageException($"--{name} is given more than once.");
    }

    /// <summary>All values of an option, in order.</summary>
    internal IReadOnlyList<string> Values(string name) => _own.GetValueOrDefault(name) ?? [];

    /// <summary>The value of an option as a whole number of 1 or more.</summary>
    internal int? Count(string name) => Value(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1 ? count
        : throw new UsageException($"--{name} {text}: not allowed; give a whole number of 1 or more.");

    private static OptionDescription? FindCommon(string argument)
    {
        var name = argument.TrimStart('-').Split('=')[0];
        return argument.StartsWith("--", StringComparison.Ordinal)
            ? OptionTable.All.FirstOrDefault(option => option.Name == name)
            : name.Length == 0 ? null : OptionTable.All.FirstOrDefault(option => option.ShortName.Length > 0 && option.ShortName == name[..1]);
    }

    private static bool TakesNext(string argument) => argument.StartsWith("--", StringComparison.Ordinal) ? !argument.Contains('=', StringComparison.Ordinal) : argument.Length == 2;

    /// <summary>Takes one argument with options; returns the place of the next.</summary>
    private int TakeOption(IReadOnlyList<string> args, int place)
    {
        var argument = args[place];
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            return TakeLetters(args, place);
        }

        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? argument[2..] : argument[2..equals];
        var value = equals < 0 ? null : argument[(equals + 1)..];
        if (name == "progress" && value is null && (place + 1 == args.Count || args[place + 1] is not ("auto" or "on" or "off")))
        {
            _common.Add("--progress=on"); // To GNU parallel it is a switch.
            return place + 1;
        }

        if (ExecOptions.Find(name) is { } own)
        {
            return TakeOwn(own, value, args, place);
        }

        if (FindCommon(argument) is not { } common)
        {
            throw Unknown(name);
        }

        _common.Add(argument);
        if (common.MetaValue.Length > 0 && value is null && place + 1 < args.Count)
        {
            _common[^1] = $"--{name}={args[place + 1]}";
            return place + 2;
        }

        return place + 1;
    }

    /// <summary>One dash: switches may stand together, and the last letter may have its value behind it.</summary>
    private int TakeLetters(IReadOnlyList<string> args, int place)
    {
        var argument = args[place];
        for (var i = 1; i < argument.Length; i++)
        {
            var name = argument[i..(i + 1)];
            var behind = i + 1 < argument.Length ? argument[(i + 1)..] : null;
            if (ExecOptions.Find(name) is { } own)
            {
                if (own.MetaValue.Length == 0)
                {
                    Keep(own, string.Empty);
                    continue;
                }

                return TakeOwn(own, behind, args, place);
            }

            if (FindCommon("-" + name) is not { } common)
            {
                throw Unknown(name);
            }

            if (common.MetaValue.Length == 0)
            {
                _common.Add("-" + name);
                continue;
            }

            var value = behind ?? (place + 1 < args.Count ? args[place + 1] : null);
            _common.Add(value is null ? "-" + name : $"--{common.Name}={value}");
            return place + (behind is null && value is not null ? 2 : 1);
        }

        return place + 1;
    }

    private int TakeOwn(ExecOption option, string? value, IReadOnlyList<string> args, int place)
    {
        if (option.MetaValue.Length == 0)
        {
            Keep(option, value is null ? string.Empty : throw new UsageException($"--{option.Name} is a switch and takes no value, but was given '{value}'."));
            return place + 1;
        }

        if (value is null && place + 1 == args.Count)
        {
            throw new UsageException($"{ExecOption.Dashed(option.Name)} needs a value: {option.MetaValue}.");
        }

        Keep(option, value ?? args[place + 1]);
        return place + (value is null ? 2 : 1);
    }

    private void Keep(ExecOption option, string value)
    {
        if (!_own.TryGetValue(option.Name, out var values))
        {
            _own.Add(option.Name, values = []);
        }

        values.Add(value);
    }

    private static UsageException Unknown(string name)
    {
        if (ExecOptions.InsteadOf(name) is { } instead)
        {
            return new UsageException($"hpcrun exec has no {ExecOption.Dashed(name)}: {instead}.");
        }

        var nearest = NearestName.Find(name, ExecOptions.All.SelectMany(option => option.Names).Concat(OptionTable.All.Select(option => option.Name)));
        return new UsageException($"unknown option {ExecOption.Dashed(name)}{(nearest is null ? string.Empty : $"; did you mean {ExecOption.Dashed(nearest)}?")} (hpcrun exec --help lists the options; those of the command stand behind its name)");
    }
}
