using System;
using System.Globalization;
using System.Text;

namespace HpcRuntime.Output;

/// <summary>How a rank's lines are marked: <c>" 2  | "</c> before its output, <c>" 2 E| "</c> before its errors, all of one width.</summary>
public static class OutputFormat
{
    /// <summary>The longest prefix, in bytes.</summary>
    internal const int LongestPrefix = 16;

    /// <summary>Digits of the largest rank; at least 1.</summary>
    public static int Width(int largestRank) => Math.Max(0, largestRank).ToString(CultureInfo.InvariantCulture).Length;

    /// <summary>The prefix of a line, its rank right-aligned in <paramref name="width"/> characters.</summary>
    public static string Prefix(int rank, int width, OutputStream stream)
    {
        Span<byte> bytes = stackalloc byte[LongestPrefix + Math.Max(0, width)];
        return Encoding.ASCII.GetString(bytes[..WritePrefix(rank, width, stream, bytes)]);
    }

    /// <summary>Writes the prefix as bytes; returns how many.</summary>
    internal static int WritePrefix(int rank, int width, OutputStream stream, Span<byte> destination)
    {
        Span<byte> digits = stackalloc byte[11];
        rank.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        var padding = Math.Max(0, width - length);
        destination[..padding].Fill((byte)' ');
        digits[..length].CopyTo(destination[padding..]);
        var mark = stream == OutputStream.Error ? " E| "u8 : "  | "u8;
        mark.CopyTo(destination[(padding + length)..]);
        return padding + length + mark.Length;
    }
}
