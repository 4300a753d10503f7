using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using CommandLine;
using CommandLine.Text;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples;

/// <summary>Takes the arguments behind <c>--</c> apart. Whatever is wrong with them is one line that begins with the application's name. Compiled into every project of examples that has arguments.</summary>
internal static class ArgumentParser
{
    /// <summary>The options. Null when the arguments ask for help, which was then written to <paramref name="help"/>.</summary>
    /// <param name="application">The application's name.</param>
    /// <param name="usage">What follows the name in the first line of its help.</param>
    /// <param name="args">The arguments.</param>
    /// <param name="help">Where help goes.</param>
    /// <param name="describe">Words for an error that the application knows better; null from it for the usual ones.</param>
    /// <param name="below">Lines below the options in its help.</param>
    /// <exception cref="UsageException">An argument is unknown, given twice, without its value or not what it should be.</exception>
    internal static TOptions? Parse<TOptions>(string application, string usage, string[] args, TextWriter help, Func<Error, string?>? describe = null, params string[] below)
        where TOptions : class
    {
        RefuseOptionsWithoutValue<TOptions>(application, args);
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AutoVersion = false;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        var result = parser.ParseArguments<TOptions>(args);
        if (result is Parsed<TOptions> { Value: var options })
        {
            return options;
        }

        if (result.Errors.Any(error => error.Tag is ErrorType.HelpRequestedError))
        {
            help.WriteLine(Help(result, $"{application} {usage}", below));
            return null;
        }

        var first = result.Errors.First();
        throw Refuse(application, describe?.Invoke(first) ?? Describe(first));
    }

    /// <summary>One line that says what is wrong.</summary>
    internal static UsageException Refuse(string application, string message) => new($"{application}: {message} Try '{application} --help'.");

    /// <summary>The property behind an option such as <c>--model</c>; null where there is none.</summary>
    internal static PropertyInfo? PropertyOf<TOptions>(string word) =>
        typeof(TOptions).GetProperties().FirstOrDefault(property => property.GetCustomAttribute<OptionAttribute>() is { } option && "--" + option.LongName == word);

    /// <summary>CommandLineParser 2.9.1 drops an option without its value in silence.</summary>
    private static void RefuseOptionsWithoutValue<TOptions>(string application, string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (PropertyOf<TOptions>(args[i]) is { } property && property.PropertyType != typeof(bool) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                throw Refuse(application, $"option {args[i]} needs a value.");
            }
        }
    }

    private static string Describe(Error error) => error switch
    {
        UnknownOptionError unknown => $"unknown option '{unknown.Token}'.",
        RepeatedOptionError repeated => $"option --{repeated.NameInfo.LongName} is given twice.",
        NamedError named => $"option --{named.NameInfo.LongName} is not right ({named.Tag}).",
        TokenError token => $"'{token.Token}' is not understood.",
        _ => $"the arguments are not understood ({error.Tag}).",
    };

    private static string Help<TOptions>(ParserResult<TOptions> result, string heading, string[] below)
    {
        var text = new HelpText(heading, string.Empty)
        {
            AdditionalNewLineAfterOption = false,
            AutoHelp = false,
            AutoVersion = false,
            AddDashesToOption = true,
            MaximumDisplayWidth = 110,
        };
        foreach (var line in below)
        {
            text.AddPostOptionsLine(line);
        }

        return text.AddOptions(result).ToString();
    }
}
