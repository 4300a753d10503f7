using System;
using System.Net;
using System.Text;

namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

/// <summary>Text out of HTML, as far as an index of words needs it: no document is too broken for it.</summary>
internal static class Html
{
    private static readonly string[] WithoutText = ["script", "style"];

    /// <summary>What stands between the tags, a blank in place of each tag, with characters in place of their names. Comments, scripts and styles are left out; what never ends goes to the end of the text.</summary>
    internal static string TextOf(string html)
    {
        var text = new StringBuilder(html.Length);
        var at = 0;
        while (at < html.Length)
        {
            var tag = html.IndexOf('<', at);
            if (tag < 0)
            {
                break;
            }

            if (!IsTag(html, tag))
            {
                text.Append(html, at, tag + 1 - at); // A sign for "less than" that somebody did not write as one.
                at = tag + 1;
                continue;
            }

            text.Append(html, at, tag - at).Append(' ');
            at = EndOf(html, tag);
        }

        return WebUtility.HtmlDecode(text.Append(html, at, html.Length - at).ToString());
    }

    private static bool IsTag(string html, int at) => at + 1 < html.Length && (char.IsAsciiLetter(html[at + 1]) || html[at + 1] is '/' or '!' or '?');

    /// <summary>Where the text goes on behind a tag, or behind all that belongs to it.</summary>
    private static int EndOf(string html, int tag)
    {
        if (string.CompareOrdinal(html, tag, "<!--", 0, 4) == 0)
        {
            return Behind(html, "-->", tag + 4);
        }

        var end = EndOfTag(html, tag);
        foreach (var name in WithoutText)
        {
            if (IsNamed(html, tag + 1, name) && html[end - 1] == '>' && html[end - 2] != '/')
            {
                var close = end;
                while (close < html.Length && !(html[close] == '<' && close + 1 < html.Length && html[close + 1] == '/' && IsNamed(html, close + 2, name)))
                {
                    close++;
                }

                return close < html.Length ? EndOfTag(html, close) : close;
            }
        }

        return end;
    }

    /// <summary>Behind the next &gt; that is not inside of quotes.</summary>
    private static int EndOfTag(string html, int at)
    {
        var quote = '\0';
        for (; at < html.Length; at++)
        {
            if (quote != '\0')
            {
                quote = html[at] == quote ? '\0' : quote;
            }
            else if (html[at] is '"' or '\'')
            {
                quote = html[at];
            }
            else if (html[at] == '>')
            {
                return at + 1;
            }
        }

        return html.Length;
    }

    private static bool IsNamed(string html, int at, string name) =>
        string.Compare(html, at, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0 && (at + name.Length == html.Length || !char.IsAsciiLetterOrDigit(html[at + name.Length]));

    private static int Behind(string html, string end, int from)
    {
        var found = html.IndexOf(end, from, StringComparison.Ordinal);
        return found < 0 ? html.Length : found + end.Length;
    }
}
