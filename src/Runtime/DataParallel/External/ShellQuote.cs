using System;
using System.Linq;

namespace HpcRuntime.DataParallel;

/// <summary>Words as a Bourne shell reads them back.</summary>
internal static class ShellQuote
{
    /// <summary>The word, in single quotes where it holds anything that a shell might take for its own. The same text as GNU parallel's.</summary>
    internal static string Quote(string word)
    {
        if (word.Length == 0)
        {
            return "''";
        }

        if (word.All(IsPlain))
        {
            return word;
        }

        var quoted = "'" + word.Replace("'", "'\"'\"'", StringComparison.Ordinal) + "'";
        if (word[0] == '\'')
        {
            quoted = quoted[2..];
        }

        return word[^1] == '\'' ? quoted[..^2] : quoted;
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '+' or '/';
}
