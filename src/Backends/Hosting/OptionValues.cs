using System;
using System.Globalization;
using System.Linq;
using HpcRuntime.Processing;

namespace HpcRuntime.Hosting;

/// <summary>A value that the user gave, and where.</summary>
/// <param name="Value">As typed.</param>
/// <param name="Origin">Such as <c>--timeout</c> or <c>HPCRUNTIME_TIMEOUT</c>; named in messages.</param>
internal sealed record GivenValue(string Value, string Origin)
{
    /// <summary>The error that this value is: one line with the origin, the value and what is allowed.</summary>
    internal UsageException Refuse(string allowed) => new($"{Origin} {Value}: not allowed; give {allowed}.");
}

/// <summary>Text to values. Every refusal names the option, the value and what is allowed.</summary>
internal static class OptionValues
{
    private static readonly (string Unit, long Milliseconds)[] Times = [("ms", 1), ("s", 1000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("", 1000)];

    private static readonly (string Unit, long Bytes)[] Sizes =
    [
        ("", 1), ("B", 1),
        ("kB", 1000), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
    ];

    /// <summary>A time of more than zero; null for <c>none</c>. A number alone is seconds.</summary>
    internal static TimeSpan? Duration(GivenValue given)
    {
        const string Allowed = "a time such as 30, 30s, 5m, 1h or 250ms, or none";
        if (given.Value == "none")
        {
            return null;
        }

        var (number, unit) = Split(given, Allowed);
        var scale = Times.FirstOrDefault(time => time.Unit == unit).Milliseconds;
        // A year is longer than any command, and far below what a TimeSpan holds.
        return scale > 0 && number > 0 && number <= 366m * 86_400_000m / scale ? TimeSpan.FromMilliseconds((double)(number * scale)) : throw given.Refuse(Allowed);
    }

    /// <summary>A number of bytes, 1 or more; <see cref="long.MaxValue"/> for <c>none</c>.</summary>
    internal static long Size(GivenValue given)
    {
        const string Allowed = "a size such as 4096, 10MB or 1GiB, or none";
        if (given.Value == "none")
        {
            return long.MaxValue;
        }

        var (number, unit) = Split(given, Allowed);
        var scale = Sizes.FirstOrDefault(size => size.Unit == unit).Bytes;
        return scale > 0 && number * scale >= 1 && number <= long.MaxValue / scale ? (long)(number * scale) : throw given.Refuse(Allowed);
    }

    /// <summary>A whole number of <paramref name="least"/> or more.</summary>
    internal static int Whole(GivenValue given, int least)
        => int.TryParse(given.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least
            ? value
            : throw given.Refuse(string.Create(CultureInfo.InvariantCulture, $"a whole number of {least} or more"));

    /// <summary>A whole number of 64 bits.</summary>
    internal static long Long(GivenValue given)
        => long.TryParse(given.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw given.Refuse("a whole number");

    /// <summary>On or off.</summary>
    internal static bool Switch(GivenValue given) => given.Value.ToLowerInvariant() switch
    {
        "1" or "true" or "on" or "yes" => true,
        "0" or "false" or "off" or "no" => false,
        _ => throw given.Refuse("1 or 0"),
    };

    /// <summary>A member of an enumeration, written in kebab-case: <c>fail-fast</c> for <c>FailFast</c>.</summary>
    internal static T Choice<T>(GivenValue given) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (string.Equals(Kebab(value), given.Value, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw given.Refuse(string.Join(", ", Enum.GetValues<T>().Select(Kebab).SkipLast(1)) + " or " + Kebab(Enum.GetValues<T>()[^1]));
    }

    /// <summary>A member of an enumeration as the user writes it.</summary>
    internal static string Kebab<T>(T value) where T : struct, Enum
        => string.Concat(value.ToString().Select((letter, i) => char.IsUpper(letter) ? (i > 0 ? "-" : string.Empty) + char.ToLowerInvariant(letter) : letter.ToString()));

    private static (decimal Number, string Unit) Split(GivenValue given, string allowed)
    {
        var text = given.Value.Trim();
        var digits = text.TakeWhile(letter => char.IsAsciiDigit(letter) || letter == '.').Count();
        return decimal.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number < 1e18m
            ? (number, text[digits..].TrimStart())
            : throw given.Refuse(allowed);
    }
}
