using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using CommandLine;
using CommandLine.Text;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Arguments;

/// <summary>Reads the arguments behind <c>--</c>. Whatever is wrong with them is one line that begins with the application's name.</summary>
/// <param name="application">The application's name.</param>
/// <param name="usage">What stands above the options in its help.</param>
internal sealed class ArgumentReader(string application, string usage)
{
    /// <summary>The options. Null when the arguments ask for help, which was then written to <paramref name="help"/>.</summary>
    /// <param name="mostWords">How many words may stand outside of options.</param>
    /// <exception cref="UsageException">An argument is unknown, given twice or without its value.</exception>
    internal T? Read<T>(string[] args, TextWriter help, int mostWords = 0) where T : ExampleOptions
    {
        RefuseOptionsWithoutValue<T>(args);
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AutoVersion = false;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        var result = parser.ParseArguments<T>(args);
        if (result is Parsed<T> { Value: var options })
        {
            return options.Words.Skip(mostWords).FirstOrDefault() is { } extra ? throw Refuse($"'{extra}' is one argument too many.") : options;
        }

        if (result.Errors.Any(error => error.Tag is ErrorType.HelpRequestedError))
        {
            help.WriteLine(Help(result));
            return null;
        }

        throw Refuse(Describe(result.Errors.First()));
    }

    /// <summary>A whole number between two others.</summary>
    internal int Whole(string option, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Refuse($"{option} is a whole number from {least} to {most}, not '{text}'.");

    /// <summary>A time such as 5s, 250ms or 1m; a number alone is seconds. At most a day.</summary>
    internal TimeSpan Time(string option, string text)
    {
        var number = text.TrimEnd('m', 's');
        var unit = text[number.Length..] switch
        {
            "ms" => 0.001,
            "s" or "" => 1,
            "m" => 60,
            _ => double.NaN,
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * unit is >= 0.001 and <= 86_400
            ? TimeSpan.FromSeconds(value * unit)
            : throw Refuse($"{option} is a time such as 5s, 250ms or 1m, not '{text}'.");
    }

    /// <summary>A time as above, or 0 for none.</summary>
    internal TimeSpan TimeOrZero(string option, string text) => text == "0" ? TimeSpan.Zero : Time(option, text);

    /// <summary>One line that says what is wrong.</summary>
    internal UsageException Refuse(string message) => new($"{application}: {message} Try '{application} --help'.");

    private static string Describe(Error error) => error switch
    {
        UnknownOptionError unknown => $"unknown option '{unknown.Token}'.",
        RepeatedOptionError repeated => $"option --{repeated.NameInfo.LongName} is given twice.",
        NamedError named => $"option --{named.NameInfo.LongName} is not right ({named.Tag}).",
        TokenError token => $"'{token.Token}' is not understood.",
        _ => $"the arguments are not understood ({error.Tag}).",
    };

    /// <summary>CommandLineParser 2.9.1 drops an option without its value in silence.</summary>
    private void RefuseOptionsWithoutValue<T>(string[] args)
    {
        var withValue = typeof(T).GetProperties()
            .Where(property => property.PropertyType != typeof(bool))
            .Select(property => property.GetCustomAttribute<OptionAttribute>()?.LongName).OfType<string>()
            .Select(name => "--" + name).ToHashSet();
        for (var i = 0; i < args.Length; i++)
        {
            if (withValue.Contains(args[i]) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                throw Refuse($"option {args[i]} needs a value.");
            }
        }
    }

    private string Help<T>(ParserResult<T> result)
    {
        var text = new HelpText($"{application} {usage}", string.Empty)
        {
            AdditionalNewLineAfterOption = false,
            AutoHelp = false,
            AutoVersion = false,
            AddDashesToOption = true,
            MaximumDisplayWidth = 110,
        };
        return text.AddOptions(result).ToString();
    }
}
