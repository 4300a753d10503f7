using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace HpcRuntime.Docs;

/// <summary>The <c>///</c> comments that the compiler wrote beside an assembly, as Markdown.</summary>
internal sealed partial class Comments
{
    private readonly Dictionary<string, XElement> _members = [];

    /// <summary>Adds the comments of one assembly.</summary>
    /// <exception cref="FileNotFoundException">There is no comment file beside it.</exception>
    public void Add(Assembly assembly)
    {
        foreach (var member in XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member"))
        {
            _members[(string)member.Attribute("name")!] = member;
        }
    }

    /// <summary>One part of a member's comment, in Markdown; empty where there is none.</summary>
    /// <param name="member">The type or member.</param>
    /// <param name="part">The element, such as <c>summary</c>.</param>
    public string Text(MemberInfo member, string part) => Find(member)?.Element(part) is { } element ? Markdown(element) : string.Empty;

    /// <summary>The named parts of a member's comment, such as each <c>param</c>: name and Markdown.</summary>
    public IEnumerable<(string Name, string Text)> Named(MemberInfo member, string part, string key) =>
        Find(member)?.Elements(part).Select(e => (Target((string?)e.Attribute(key) ?? string.Empty), Markdown(e))) ?? [];

    /// <summary>The comment of a member; with <c>inheritdoc</c>, that of what it overrides or implements, where this repository wrote it.</summary>
    private XElement? Find(MemberInfo member)
    {
        if (_members.GetValueOrDefault(MemberIds.Of(member)) is not { } own)
        {
            return null;
        }

        if (own.Element("inheritdoc") is null)
        {
            return own;
        }

        var type = member.DeclaringType;
        var ancestors = new List<Type>();
        for (var parent = type?.BaseType; parent is not null; parent = parent.BaseType)
        {
            ancestors.Add(parent);
        }

        return ancestors.Concat(type?.GetInterfaces() ?? []).Select(t => t.IsGenericType ? t.GetGenericTypeDefinition() : t)
            .SelectMany(t => t.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)).Where(m => m.Name == member.Name && m.MemberType == member.MemberType && m.DeclaringType != type)
            .Select(m => _members.GetValueOrDefault(MemberIds.Of(m))).FirstOrDefault(e => e is not null && e.Element("inheritdoc") is null);
    }

    private static string Markdown(XElement element)
    {
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(Node(node));
        }

        return Paragraphs().Replace(text.ToString(), "\n\n").Trim();
    }

    private static string Node(XNode node) => node switch
    {
        XText text => Escape(Blanks().Replace(text.Value, " ")),
        XElement { Name.LocalName: "see" or "seealso" } see => See(see),
        XElement { Name.LocalName: "paramref" or "typeparamref" } reference => $"`{(string?)reference.Attribute("name")}`",
        XElement { Name.LocalName: "c" } code => $"`{Blanks().Replace(code.Value, " ").Trim()}`",
        XElement { Name.LocalName: "code" } code => $"\n\n```csharp\n{code.Value.Trim('\n')}\n```\n\n",
        XElement { Name.LocalName: "para" } paragraph => $"\n\n{Markdown(paragraph)}\n\n",
        XElement { Name.LocalName: "item" } item => $"\n- {Markdown(item)}",
        XElement { Name.LocalName: "list" } list => $"\n{string.Concat(list.Elements().Select(Node))}\n\n",
        XElement other => Markdown(other),
        _ => string.Empty,
    };

    private static string See(XElement see)
    {
        if ((string?)see.Attribute("href") is { } address)
        {
            return $"[{(see.Value.Length > 0 ? see.Value : address)}]({address})";
        }

        var target = (string?)see.Attribute("langword") ?? Target((string?)see.Attribute("cref") ?? string.Empty);
        return $"`{(see.Value.Length > 0 ? see.Value : target)}`";
    }

    /// <summary>What a reference is called in running text: a type by its name, a member with its type in front.</summary>
    private static string Target(string reference)
    {
        if (reference.Length < 2 || reference[1] != ':')
        {
            return reference;
        }

        var name = reference[2..];
        var bracket = name.IndexOf('(', StringComparison.Ordinal);
        var parts = Arity().Replace(bracket < 0 ? name : name[..bracket], string.Empty).Split('.');
        return reference[0] == 'T' || parts.Length == 1 ? parts[^1] : parts[^1] == "#ctor" ? parts[^2] : $"{parts[^2]}.{parts[^1]}";
    }

    private static string Escape(string text) => text.Replace("<", "&lt;", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal).Replace("*", "\\*", StringComparison.Ordinal);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\s*\n\s*\n\s*")]
    private static partial Regex Paragraphs();

    [GeneratedRegex("`+[0-9]+")]
    private static partial Regex Arity();
}
