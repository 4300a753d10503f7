using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;

namespace HpcRuntime.Launcher.Exec;

/// <summary>Whether a command line means something to a shell beyond words and blanks. Where it does not, the program is started directly, as make and Perl do: the same, only sooner.</summary>
internal static class ShellNeed
{
    private static readonly SearchValues<char> Special = SearchValues.Create("|&;<>()$`\\\"'*?[]#~!{}^\n\r\0");

    // Reserved words and built-in commands that are no programs of their own, of POSIX and bash.
    private static readonly HashSet<string> Words = new(
        ("if then else elif fi for while until do done case esac in function select time coproc "
        + ". : alias bg bind break builtin caller cd command compgen complete compopt continue declare dirs disown enable eval exec exit export fc fg getopts hash help history jobs let local logout "
        + "mapfile popd pushd read readarray readonly return set shift shopt source suspend times trap type typeset ulimit umask unalias unset wait").Split(' '),
        StringComparer.Ordinal);

    private static readonly HashSet<string> BourneShells = new(["sh", "bash", "dash", "ash", "ksh", "ksh93", "mksh", "zsh", "yash"], StringComparer.Ordinal);

    /// <summary>Whether <paramref name="text"/>, the literal text of a command line, needs a shell.</summary>
    internal static bool Of(string text)
    {
        var first = FirstWord(text);
        return text.AsSpan().ContainsAny(Special) || first.Contains('=', StringComparison.Ordinal) || first.Contains('%', StringComparison.Ordinal) || Words.Contains(first);
    }

    /// <summary>The shell: PARALLEL_SHELL, else SHELL where that is of Bourne's family, else /bin/sh.</summary>
    internal static string Choose(Func<string, string?> environment)
    {
        if (environment("PARALLEL_SHELL") is { Length: > 0 } own)
        {
            return own;
        }

        return environment("SHELL") is { Length: > 0 } shell && BourneShells.Contains(Path.GetFileName(shell)) ? shell : "/bin/sh";
    }

    private static string FirstWord(string text)
    {
        var trimmed = text.AsSpan().TrimStart(" \t");
        var end = trimmed.IndexOfAny(' ', '\t');
        return (end < 0 ? trimmed : trimmed[..end]).ToString();
    }
}
