using System;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.IO;
using System.Linq;
using System.Reflection;
using CommandLine;
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
        options = ArgumentParser.Parse<TOptions>(about.Name, $"[options]: {about.Summary}", args, help, error => DescribeValue<TOptions>(error, args));
        if (options is null)
        {
            return false;
        }

        Check(about.Name, options);
        return true;
    }

    private static void Check<TOptions>(string name, TOptions options)
        where TOptions : ApplicationOptions
    {
        if (options.Others.FirstOrDefault() is { } other)
        {
            throw ArgumentParser.Refuse(name, $"'{other}' is not understood: only options are.");
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

    private static string? DescribeValue<TOptions>(Error error, string[] args) => error is BadFormatConversionError { NameInfo.LongName: var option }
        ? $"--{option} is {Allowed(ArgumentParser.PropertyOf<TOptions>("--" + option)!)}, not '{TextOf(option, args)}'."
        : null;

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
}
