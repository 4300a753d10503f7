using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;

namespace HpcRuntime.Docs;

/// <summary>A page of Markdown for each namespace, and the index of them all.</summary>
internal sealed class Pages(Comments comments)
{
    /// <summary>What heads every file, so that nobody edits it.</summary>
    public const string Notice = "<!-- Written by scripts/docs.sh from the comments in the code. Do not edit. -->\n\n";

    /// <summary>The page of one namespace.</summary>
    public string Page(string room, IEnumerable<Type> types)
    {
        var text = new StringBuilder(Notice).Append("# ").Append(room).Append('\n');
        var list = types.ToList();
        text.Append('\n').Append(string.Join("\n", list.Select(t => $"- [{TypeNames.Of(t).Replace("<", "&lt;", StringComparison.Ordinal)}](#{Anchor(t)}): {FirstSentence(comments.Text(ExtensionBlocks.ReceiverOf(t) is null ? t : t.DeclaringType!, "summary"))}"))).Append('\n');
        foreach (var type in list)
        {
            Append(text, type);
        }

        return text.ToString();
    }

    /// <summary>The index: assemblies, their namespaces, and the number of types in each.</summary>
    public static string Index(IEnumerable<(Assembly Assembly, IReadOnlyList<Type> Types)> assemblies)
    {
        var text = new StringBuilder(Notice).Append("# Reference\n\nWhat programs can use, and [every option](options.md) of the command line and of the fabrics.\n");
        foreach (var (assembly, types) in assemblies)
        {
            text.Append("\n## ").Append(assembly.GetName().Name).Append("\n\n");
            foreach (var room in types.GroupBy(t => t.Namespace!))
            {
                text.Append("- [").Append(room.Key).Append("](").Append(room.Key).Append(".md): ").Append(string.Join(", ", room.Select(t => $"`{TypeNames.Of(t)}`"))).Append('\n');
            }
        }

        return text.ToString();
    }

    private void Append(StringBuilder text, Type type)
    {
        text.Append("\n## ").Append(TypeNames.Of(type).Replace("<", "&lt;", StringComparison.Ordinal)).Append("\n\n```csharp\n").Append(Surface.Header(type)).Append("\n```\n");
        Describe(text, type, string.Empty);
        foreach (var (member, signature) in Surface.Members(type))
        {
            // A property made by a positional record is described by the record's own parameter.
            var summary = comments.Text(member, "summary") is { Length: > 0 } own ? own : comments.Named(type, "param", "name").FirstOrDefault(p => p.Name == member.Name).Text;
            text.Append("\n- `").Append(signature).Append('`');
            text.Append(string.IsNullOrEmpty(summary) || summary == comments.Text(type, "summary") ? string.Empty : $"\\\n  {summary.Replace("\n", "\n  ", StringComparison.Ordinal)}").Append('\n');
            Describe(text, member, "  ");
        }
    }

    private void Describe(StringBuilder text, MemberInfo member, string indent)
    {
        var isType = member is Type;
        if (isType && comments.Text(member, "summary") is { Length: > 0 } summary)
        {
            text.Append('\n').Append(summary).Append('\n');
        }

        var lines = new List<string>();
        lines.AddRange(comments.Named(member, "typeparam", "name").Select(p => $"`{p.Name}`: {p.Text}"));
        var properties = isType ? Surface.Members((Type)member).Select(m => m.Member.Name).ToHashSet() : [];
        lines.AddRange(comments.Named(member, "param", "name").Where(p => !properties.Contains(p.Name)).Select(p => $"`{p.Name}`: {p.Text}"));
        if (comments.Text(member, "returns") is { Length: > 0 } returns)
        {
            lines.Add($"returns: {returns}");
        }

        lines.AddRange(comments.Named(member, "exception", "cref").Select(e => $"throws `{e.Name}`: {e.Text}"));
        if (lines.Count > 0)
        {
            text.Append(isType ? "\n" : string.Empty);
        }

        foreach (var line in lines)
        {
            text.Append(indent).Append("- ").Append(line.Replace("\n", "\n" + indent + "  ", StringComparison.Ordinal)).Append('\n');
        }

        if (comments.Text(member, "remarks") is { Length: > 0 } remarks)
        {
            text.Append('\n').Append(indent).Append(remarks.Replace("\n", "\n" + indent, StringComparison.Ordinal)).Append('\n');
        }
    }

    private static string Anchor(Type type) => string.Concat(TypeNames.Of(type).ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is '_' or '-' or ' ')).Replace(' ', '-');

    private static string FirstSentence(string summary)
    {
        var line = summary.Split('\n')[0];
        var end = line.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? line : line[..(end + 1)];
    }
}
