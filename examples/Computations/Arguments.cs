using System;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using CommandLine;
using CommandLine.Text;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.Computations;

/// <summary>Takes the arguments of an application apart and checks them: the class of its options says what they are, and its validation attributes what is allowed.</summary>
internal static class Arguments
{
    /// <summary>The options of <paramref name="application"/>. False when help was asked for, which was then written to <paramref name="help"/>.</summary>
    /// <exception cref="UsageException">An argument is unknown or not what it should be; the message, of one line, names it.</exception>
    internal static bool TryParse<TOptions>(Application application, string[] args, TextWriter help, [NotNullWhen(true)] out TOptions? options)
        where TOptions : ApplicationOptions, new()
    {
        var about = application.GetType().GetCustomAttribute<ApplicationAttribute>()!;
        using var parser = new Parser(settings =>
        {
            settings.HelpWriter = null;
            settings.AutoVersion = false;
            settings.ParsingCulture = CultureInfo.InvariantCulture;
        });
        RefuseOptionsWithoutValue<TOptions>(about.Name, args);
        var result = parser.ParseArguments<TOptions>(args);
        options = (result as Parsed<TOptions>)?.Value;
        if (options is not null)
        {
            Check(about.Name, options);
            return true;
        }

        if (result.Errors.Any(error => error.Tag is ErrorType.HelpRequestedError))
        {
            help.WriteLine(Help(about, result));
            return false;
        }

        throw new UsageException($"{about.Name}: {Describe<TOptions>(result.Errors.First(), args)} Try '{about.Name} --help'.");
    }

    /// <summary>CommandLineParser 2.9.1 drops an option without its value in silence.</summary>
    private static void RefuseOptionsWithoutValue<TOptions>(string name, string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (PropertyOf<TOptions>(args[i]) is { } property && property.PropertyType != typeof(bool) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
            {
                throw new UsageException($"{name}: option {args[i]} needs a value. Try '{name} --help'.");
            }
        }
    }

    private static void Check<TOptions>(string name, TOptions options)
        where TOptions : ApplicationOptions
    {
        if (options.Others.FirstOrDefault() is { } other)
        {
            throw new UsageException($"{name}: '{other}' is not understood: only options are. Try '{name} --help'.");
        }

        foreach (var property in typeof(TOptions).GetProperties())
        {
            var value = property.GetValue(options);
            if (property.GetCustomAttributes<ValidationAttribute>().Any(rule => !rule.IsValid(value)))
            {
                throw new UsageException($"{name}: --{property.GetCustomAttribute<OptionAttribute>()!.LongName} is {Allowed(property)}, not '{value}'.");
            }
        }
    }

    private static string Describe<TOptions>(Error error, string[] args) => error switch
    {
        UnknownOptionError unknown => $"unknown option '{unknown.Token}'.",
        RepeatedOptionError repeated => $"option --{repeated.NameInfo.LongName} is given twice.",
        BadFormatConversionError { NameInfo.LongName: var option } => $"--{option} is {Allowed(PropertyOf<TOptions>("--" + option)!)}, not '{TextOf(option, args)}'.",
        NamedError named => $"option --{named.NameInfo.LongName} is not right ({named.Tag}).",
        TokenError token => $"'{token.Token}' is not understood.",
        _ => $"the arguments are not understood ({error.Tag}).",
    };

    private static string Allowed(PropertyInfo property) => property.GetCustomAttribute<ValidationAttribute>() switch
    {
        RangeAttribute range => $"a {(property.PropertyType == typeof(double) ? string.Empty : "whole ")}number from {range.Minimum} to {range.Maximum}",
        var rule => rule?.ErrorMessage ?? "something else",
    };

    /// <summary>What was given as the value of an option that could not be read.</summary>
    private static string TextOf(string option, string[] args)
    {
        var place = Array.FindIndex(args, word => word == "--" + option || word.StartsWith($"--{option}=", StringComparison.Ordinal));
        return place < 0 ? string.Empty : args[place].Contains('=', StringComparison.Ordinal) ? args[place][(option.Length + 3)..] : args[place + 1];
    }

    private static PropertyInfo? PropertyOf<TOptions>(string word) =>
        typeof(TOptions).GetProperties().FirstOrDefault(property => property.GetCustomAttribute<OptionAttribute>() is { } option && "--" + option.LongName == word);

    private static string Help<TOptions>(ApplicationAttribute about, ParserResult<TOptions> result)
    {
        var text = new HelpText($"{about.Name} [options]: {about.Summary}", string.Empty)
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
