using System;
using System.Globalization;
using System.IO;
using System.Linq;
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
        var options = ArgumentParser.Parse<T>(application, usage, args, help);
        return options?.Words.Skip(mostWords).FirstOrDefault() is { } extra ? throw Refuse($"'{extra}' is one argument too many.") : options;
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
    internal UsageException Refuse(string message) => ArgumentParser.Refuse(application, message);
}
