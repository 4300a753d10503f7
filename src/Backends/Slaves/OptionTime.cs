using System;
using System.Globalization;
using HpcRuntime.Fabrics;

namespace HpcRuntime.Backends.Slaves;

/// <summary>An option of a fabric that is a time.</summary>
internal static class OptionTime
{
    /// <summary>The time: <c>10s</c>, <c>500ms</c>, <c>1m</c>, or seconds; null for <c>none</c>.</summary>
    /// <exception cref="ArgumentException">It is none of them; the message names fabric, option and value.</exception>
    internal static TimeSpan? Read(FabricSettings settings, string fabric, FabricOption option)
    {
        var text = settings.Get(option);
        if (text == "none")
        {
            return null;
        }

        var (digits, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : text.EndsWith('s') ? (text[..^1], 1.0) : text.EndsWith('m') ? (text[..^1], 60.0) : (text, 1.0);
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value > 0 && value * unit < 1e8
            ? TimeSpan.FromSeconds(value * unit)
            : throw Refuse(fabric, option, text, "a time such as 10s, 500ms or 1m, or none");
    }

    /// <summary>The error for a value that an option does not take.</summary>
    internal static ArgumentException Refuse(string fabric, FabricOption option, string value, string allowed) => new($"Option {fabric}.{option.Key} is {value}; expected {allowed}.");
}
