using System;
using System.Collections.Generic;
using System.Linq;
using CommandLine;
using HpcRuntime.Primitives;

namespace HpcRuntime.Hosting;

/// <summary>A command line, taken apart.</summary>
/// <param name="Options">The common options.</param>
/// <param name="Plain">Arguments before <c>--</c> that are no option.</param>
/// <param name="Rest">Arguments after the first <c>--</c>.</param>
internal sealed record Arguments(CommonOptions Options, IReadOnlyList<string> Plain, IReadOnlyList<string> Rest);

/// <summary>Takes a command line apart. What is wrong with it is told in one line.</summary>
internal static class ArgumentParser
{
    private static readonly string[] Later = ["hostfile", "mpi", "trace"];

    /// <summary>Takes <paramref name="args"/> apart.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value, or was given twice.</exception>
    internal static Arguments Parse(IReadOnlyList<string> args)
    {
        var border = args.TakeWhile(argument => argument != "--").Count();
        using var parser = new Parser(settings =>
        {
            settings.AutoHelp = false;
            settings.AutoVersion = false;
            settings.AllowMultiInstance = true;
            settings.HelpWriter = null;
        });
        var result = parser.ParseArguments<CommonOptions>(JoinSets(args.Take(border)));
        if (result is NotParsed<CommonOptions> failed)
        {
            throw new UsageException(Describe(failed.Errors.First()));
        }

        var typed = args.Take(border).ToList();
        foreach (var option in OptionTable.All.Where(option => option.Name != "set"))
        {
            RefuseTwice(option, typed);
        }

        return new Arguments(result.Value, [.. result.Value.Plain], [.. args.Skip(border + 1)]);
    }

    // The parser's sequences swallow the plain arguments that follow them, so that in `--set a.b=1 decay-fit` the application would become a setting;
    // settings are therefore collected here, joined with a character that no argument can hold, and handed over as one value.
    private static IEnumerable<string> JoinSets(IEnumerable<string> args)
    {
        var sets = new List<string>();
        var others = new List<string>();
        using var argument = args.GetEnumerator();
        while (argument.MoveNext())
        {
            if (argument.Current.StartsWith("--set=", StringComparison.Ordinal))
            {
                sets.Add(argument.Current["--set=".Length..]);
            }
            else if (argument.Current == "--set")
            {
                sets.Add(argument.MoveNext() && !argument.Current.StartsWith('-') ? argument.Current : throw new UsageException("--set needs a value: FABRIC.KEY=VALUE."));
            }
            else
            {
                others.Add(argument.Current);
            }
        }

        return sets.Count == 0 ? others : others.Append("--set=" + string.Join('\0', sets));
    }

    private static void RefuseTwice(OptionDescription option, List<string> typed)
    {
        var times = typed.Count(argument => argument == "--" + option.Name || argument.StartsWith("--" + option.Name + "=", StringComparison.Ordinal)
            || (option.ShortName.Length > 0 && argument == "-" + option.ShortName));
        if (times > 1)
        {
            throw new UsageException($"--{option.Name} is given more than once.");
        }
    }

    private static string Describe(Error error) => error switch
    {
        UnknownOptionError unknown => DescribeUnknown(unknown.Token),
        MissingValueOptionError missing => $"--{missing.NameInfo.LongName} needs a value: {OptionTable.Find(missing.NameInfo.LongName).MetaValue}.",
        RepeatedOptionError repeated => $"--{repeated.NameInfo.LongName} is given more than once.",
        NamedError named => $"--{named.NameInfo.LongName} takes no such value; --help describes it.",
        TokenError token => $"'{token.Token}' is not understood; --help lists the options.",
        _ => $"The command line is not understood ({error.Tag}); --help lists the options.",
    };

    private static string DescribeUnknown(string name)
    {
        var dashes = name.Length == 1 ? "-" : "--";
        if (Later.Contains(name))
        {
            return $"{dashes}{name} comes with a later version of HpcRuntime.";
        }

        var nearest = NearestName.Find(name, OptionTable.All.Select(option => option.Name));
        return $"unknown option {dashes}{name}{(nearest is null ? string.Empty : $"; did you mean --{nearest}?")} (--help lists the options; those of the application go after --)";
    }
}
