using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Examples.ParallelIdioms.Arguments;
using HpcRuntime.Hosting;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

/// <summary>Indexes the words of a tree of files, and looks up prefixes.</summary>
[Application("indexer", "Indexes the words of a folder of text and HTML, and answers which files have words that begin so.")]
public sealed class IndexerApplication : ExampleApplication
{
    private const int Samples = 40;
    private static readonly ArgumentReader Reader = new("indexer", "[FOLDER] [options]: indexes the words of all files below the folder (without one: 40 sample texts), then asks for prefixes until its input ends.");

    /// <inheritdoc/>
    internal override int Run(Processor processor, string[] args, TextReader input, TextWriter output)
    {
        if (Reader.Read<IndexerOptions>(args, output, mostWords: 1) is not { } options)
        {
            return 0;
        }

        var index = IndexBuilder.Build(processor, DocumentsOf(options.Words.FirstOrDefault()), out var skipped);
        output.WriteLine($"{index.DocumentCount} files, {index.WordCount} words, {index.EntryCount} entries");
        if (skipped.Count > 0)
        {
            output.WriteLine($"not text: {string.Join(", ", skipped)}");
        }

        foreach (var prefix in options.Prefix?.Split(',') ?? Asked(input, output))
        {
            Answer(index, prefix.Trim(), output);
        }

        return 0;
    }

    private static IReadOnlyList<IDocument> DocumentsOf(string? folder)
    {
        try
        {
            return folder is null ? [.. Enumerable.Range(0, Samples).Select(number => new SampleDocument(number))] : DocumentFile.Below(Path.GetFullPath(folder));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Reader.Refuse($"cannot list {folder}: {e.Message}");
        }
    }

    private static IEnumerable<string> Asked(TextReader input, TextWriter output)
    {
        while (true)
        {
            output.Write("prefix: ");
            output.Flush();
            if (input.ReadLine() is not { } line)
            {
                output.WriteLine();
                yield break;
            }

            yield return line;
        }
    }

    private static void Answer(WordIndex index, string prefix, TextWriter output)
    {
        var found = 0;
        foreach (var (word, documents) in index.Find(prefix))
        {
            output.WriteLine($"{word}: {string.Join(", ", documents)}");
            found++;
        }

        if (found == 0)
        {
            output.WriteLine($"no word begins with '{prefix}'");
        }
    }
}
