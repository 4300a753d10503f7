using System.Collections.Generic;
using System.Linq;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;

namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

/// <summary>Documents are read on the slaves; all words of one come home together, and the master merges what arrives, in whatever order.</summary>
internal static class IndexBuilder
{
    /// <summary>Indexes the documents that are text.</summary>
    /// <param name="skipped">Those that are not, in input order.</param>
    internal static WordIndex Build(Processor processor, IReadOnlyList<IDocument> documents, out IReadOnlyList<string> skipped)
    {
        var index = new WordIndex();
        var others = new List<long>();
        foreach (var result in processor.MapUnordered(documents, document => document.Read() is { } text ? WordIndex.WordsOf(text) : null))
        {
            if (result.Value is { } words)
            {
                index.Add(documents[(int)result.Index].Name, words);
            }
            else
            {
                others.Add(result.Index);
            }
        }

        skipped = [.. others.Order().Select(number => documents[(int)number].Name)];
        return index;
    }
}
