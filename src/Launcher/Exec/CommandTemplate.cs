using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Launcher.Exec;

/// <summary>The command of <c>hpcrun exec</c> with its placeholders. It means what it means to GNU parallel: the words joined by blanks are a line for the shell, and what is filled
/// in is quoted for it. A line without anything for a shell in it is started without one.</summary>
internal sealed class CommandTemplate
{
    private readonly List<object> _parts = []; // Literal texts and placeholders, in order.
    private readonly string _shell;
    private readonly bool _quoted;
    private readonly bool _needsShell;

    /// <summary>A template.</summary>
    /// <param name="words">As they came from the command line; none when the values are the commands.</param>
    /// <param name="quoted">Whether the words are arguments as they are, no shell's business.</param>
    /// <param name="replacement">What stands for <c>{}</c>.</param>
    /// <param name="shell">The shell for lines that need one.</param>
    /// <exception cref="UsageException">It holds a placeholder that is not offered.</exception>
    internal CommandTemplate(IReadOnlyList<string> words, bool quoted, string replacement, string shell)
    {
        _shell = shell;
        _quoted = quoted;
        IsEmpty = words.Count == 0;
        if (words.Any(word => word.Contains("{=", StringComparison.Ordinal)))
        {
            throw new UsageException("hpcrun exec: {= ... =} is Perl and only GNU parallel's; let the command itself change its value.");
        }

        for (var i = 0; i < words.Count; i++)
        {
            Add(i > 0 && !quoted ? " " + words[i] : words[i], replacement);
            if (quoted)
            {
                _parts.Add(WordEnd);
            }
        }

        if (!IsEmpty && !_parts.OfType<Placeholder>().Any())
        {
            _parts.Add(quoted ? new Placeholder(ValuePart.Whole, 0) : " ");
            _parts.Add(quoted ? WordEnd : new Placeholder(ValuePart.Whole, 0));
        }

        _needsShell = !quoted && ShellNeed.Of(string.Concat(_parts.Select(part => part is string text ? text : "x")));
    }

    /// <summary>Ends a word where blanks do not.</summary>
    private static object WordEnd { get; } = new();

    /// <summary>Whether the values are the commands.</summary>
    internal bool IsEmpty { get; }

    /// <summary>Stands for the slave's rank until a slave runs the job; no value holds it.</summary>
    internal string SlotMark { get; } = "{%" + RandomNumberGenerator.GetHexString(16) + "%}";

    /// <summary>The job of these values.</summary>
    internal ExecJob Fill(long number, IReadOnlyList<string> values)
    {
        if (IsEmpty)
        {
            var line = string.Join(' ', values);
            return Line(number, values, line, ShellNeed.Of(line));
        }

        if (_needsShell)
        {
            return Line(number, values, Text(number, values), true);
        }

        var words = Words(number, values);
        return words.Count == 0
            ? Line(number, values, string.Empty, true)
            : new ExecJob(number, values, _quoted ? string.Join(' ', words.Select(ShellQuote.Quote)) : Text(number, values), words[0], [.. words.Skip(1)]);
    }

    private ExecJob Line(long number, IReadOnlyList<string> values, string line, bool shell)
    {
        var words = shell ? [] : line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? new ExecJob(number, values, line, _shell, ["-c", line]) : new ExecJob(number, values, line, words[0], words[1..]);
    }

    private void Add(string word, string replacement)
    {
        var text = replacement == "{}" ? word : word.Replace("{}", "{\0}", StringComparison.Ordinal).Replace(replacement, "{}", StringComparison.Ordinal);
        var end = 0;
        foreach (Match match in Placeholder.Pattern.Matches(text))
        {
            AddText(text[end..match.Index]);
            _parts.Add(Placeholder.From(match));
            end = match.Index + match.Length;
        }

        AddText(text[end..]);
    }

    private void AddText(string text)
    {
        if (text.Length > 0)
        {
            _parts.Add(text.Replace("{\0}", "{}", StringComparison.Ordinal));
        }
    }

    private string Text(long number, IReadOnlyList<string> values)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part is Placeholder placeholder)
            {
                text.AppendJoin(' ', placeholder.Fill(number, SlotMark, values).Select(value => placeholder.Part == ValuePart.Slot ? value : ShellQuote.Quote(value)));
            }
            else
            {
                text.Append((string)part);
            }
        }

        return text.ToString();
    }

    private List<string> Words(long number, IReadOnlyList<string> values)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        foreach (var part in _parts)
        {
            if (part == WordEnd)
            {
                // A quoted word is there even when nothing is in it.
                words.Add((word ?? new StringBuilder()).ToString());
                word = null;
            }
            else if (part is Placeholder placeholder)
            {
                Append(words, ref word, placeholder.Fill(number, SlotMark, values));
            }
            else if (_quoted)
            {
                (word ??= new StringBuilder()).Append((string)part);
            }
            else
            {
                Append(words, ref word, (string)part);
            }
        }

        if (word is not null)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private static void Append(List<string> words, ref StringBuilder? word, IEnumerable<string> values)
    {
        var first = true;
        foreach (var value in values)
        {
            if (!first)
            {
                words.Add(word!.ToString());
                word = null;
            }

            (word ??= new StringBuilder()).Append(value);
            first = false;
        }
    }

    private static void Append(List<string> words, ref StringBuilder? word, string literal)
    {
        foreach (var letter in literal)
        {
            if (letter is not (' ' or '\t'))
            {
                (word ??= new StringBuilder()).Append(letter);
            }
            else if (word is not null)
            {
                words.Add(word.ToString());
                word = null;
            }
        }
    }
}
