using System;
using System.Collections.Generic;
using System.Linq;
using CommandLine;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>A command line, taken apart.</summary>
/// <param name="Options">The common options.</param>
/// <param name="Plain">Arguments before <c>--</c> that are no option.</param>
/// <param name="Rest">Arguments after the first <c>--</c>.</param>
internal sealed record Arguments(CommonOptions Options, IReadOnlyList<string> Plain, IReadOnlyList<string> Rest);

/// <summary>Takes a command line apart. What is wrong with it is told in one line.</summary>
internal static class ArgumentParser
{
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
        var result = parser.ParseArguments<CommonOptions>(ArgumentScanner.Scan([.. args.Take(border)]));
        if (result is NotParsed<CommonOptions> failed)
        {
            throw new UsageException(Describe(failed.Errors.First()));
        }

        return new Arguments(result.Value, [.. result.Value.Plain], [.. args.Skip(border + 1)]);
    }

    private static string Describe(Error error) => error switch
    {
        UnknownOptionError unknown => DescribeUnknown(unknown.Token),
        NamedError named => $"--{named.NameInfo.LongName} takes no such value; --help describes it.",
        TokenError token => $"'{token.Token}' is not understood; --help lists the options.",
        _ => $"The command line is not understood ({error.Tag}); --help lists the options.",
    };

    private static string DescribeUnknown(string name)
    {
        var dashes = name.Length == 1 ? "-" : "--";
        var nearest = NearestName.Find(name, OptionTable.All.Select(option => option.Name));
        return $"unknown option {dashes}{name}{(nearest is null ? string.Empty : $"; did you mean --{nearest}?")} (--help lists the options; those of the application go after --)";
    }
}
