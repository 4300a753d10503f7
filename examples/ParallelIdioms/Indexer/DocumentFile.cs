using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HpcRuntime.Examples.ParallelIdioms.Indexer;

/// <summary>A file of a tree. Every host must see it by the same path.</summary>
/// <param name="Name">Its path below the root of the tree, with slashes.</param>
/// <param name="Path">Where it is.</param>
internal sealed record DocumentFile(string Name, string Path) : IDocument
{
    private static readonly HashSet<string> HtmlExtensions = new([".html", ".htm", ".xhtml"], StringComparer.OrdinalIgnoreCase);

    /// <summary>All files below a folder, ordered by name. Links are not followed: they may lead back.</summary>
    internal static IDocument[] Below(string folder)
    {
        var all = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
        return [.. Directory.EnumerateFiles(folder, "*", all)
            .Select(path => new DocumentFile(System.IO.Path.GetRelativePath(folder, path).Replace(System.IO.Path.DirectorySeparatorChar, '/'), path))
            .OrderBy(file => file.Name, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public string? Read()
    {
        var text = File.ReadAllText(Path);
        return text.Contains('\0', StringComparison.Ordinal) ? null : HtmlExtensions.Contains(System.IO.Path.GetExtension(Path)) ? Html.TextOf(text) : text;
    }
}
