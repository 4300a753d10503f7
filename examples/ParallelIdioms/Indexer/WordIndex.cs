using System;
using System.Collections.Generic;
using System.Linq;

namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

/// <summary>Which word is in which documents. Documents may be added in any order: the index is the same.</summary>
internal sealed class WordIndex
{
    private readonly SortedDictionary<string, List<string>> _documents = new(StringComparer.Ordinal);
    private string[]? _words;

    /// <summary>Documents added.</summary>
    internal int DocumentCount { get; private set; }

    /// <summary>Different words.</summary>
    internal int WordCount => _documents.Count;

    /// <summary>Pairs of a word and a document that it is in.</summary>
    internal long EntryCount { get; private set; }

    /// <summary>The different words of a text. A word is the first run of letters and digits of whatever stands between blanks; its case counts.</summary>
    internal static string[] WordsOf(string text)
    {
        var words = new HashSet<string>(StringComparer.Ordinal);
        var lookup = words.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var at = 0; at < text.Length;)
        {
            var end = at;
            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            var (first, last) = (at, at);
            while (first < end && !char.IsLetterOrDigit(text[first]))
            {
                first++;
            }

            for (last = first; last < end && char.IsLetterOrDigit(text[last]); last++)
            {
            }

            if (last > first)
            {
                lookup.Add(text.AsSpan(first, last - first));
            }

            at = end + 1;
        }

        return [.. words];
    }

    /// <summary>Adds a document, once.</summary>
    internal void Add(string document, string[] words)
    {
        foreach (var word in words)
        {
            if (!_documents.TryGetValue(word, out var documents))
            {
                _documents.Add(word, documents = []);
            }

            documents.Add(document);
        }

        DocumentCount++;
        EntryCount += words.Length;
        _words = null;
    }

    /// <summary>The words that begin with the prefix, in ordinal order, each with its documents in ordinal order.</summary>
    internal IEnumerable<(string Word, IReadOnlyList<string> Documents)> Find(string prefix)
    {
        _words ??= [.. _documents.Keys];
        var first = Array.BinarySearch(_words, prefix, StringComparer.Ordinal);
        return _words.Skip(first < 0 ? ~first : first).TakeWhile(word => word.StartsWith(prefix, StringComparison.Ordinal))
            .Select(word => (word, (IReadOnlyList<string>)[.. _documents[word].Order(StringComparer.Ordinal)]));
    }
}
