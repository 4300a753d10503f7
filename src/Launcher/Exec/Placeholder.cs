using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;

namespace HpcRuntime.Launcher.Exec;

/// <summary>What a placeholder makes of a value: GNU parallel's operators.</summary>
internal enum ValuePart
{
    /// <summary><c>{}</c>: all of it.</summary>
    Whole,

    /// <summary><c>{.}</c>: without the extension.</summary>
    NoExtension,

    /// <summary><c>{/}</c>: the file's name.</summary>
    Name,

    /// <summary><c>{//}</c>: the folder.</summary>
    Folder,

    /// <summary><c>{/.}</c>: the file's name without the extension.</summary>
    NameNoExtension,

    /// <summary><c>{#}</c>: the job's number.</summary>
    Number,

    /// <summary><c>{%}</c>: the slave that runs it.</summary>
    Slot,
}

/// <summary>A place in a template that is filled in for each job.</summary>
/// <param name="Part">What of the value.</param>
/// <param name="Column">Which value: 1, 2, ... from the first, -1, -2, ... from the last; 0 for all of them.</param>
internal sealed partial record Placeholder(ValuePart Part, int Column)
{
    /// <summary>Finds placeholders.</summary>
    [GeneratedRegex(@"\{(?:#|%|(?<column>-?[1-9][0-9]{0,8})?(?<part>\.|//|/\.|/)?)\}")]
    internal static partial Regex Pattern { get; }

    /// <summary>The placeholder in a match of <see cref="Pattern"/>.</summary>
    internal static Placeholder From(Match match) => match.Value switch
    {
        "{#}" => new(ValuePart.Number, 0),
        "{%}" => new(ValuePart.Slot, 0),
        _ => new(PartOf(match.Groups["part"].Value), match.Groups["column"].Success ? int.Parse(match.Groups["column"].Value, CultureInfo.InvariantCulture) : 0),
    };

    /// <summary>The texts that stand in its place: none where the job has no such value, several for all values.</summary>
    internal IEnumerable<string> Fill(long number, string slot, IReadOnlyList<string> values)
    {
        switch (Part)
        {
            case ValuePart.Number:
                return [number.ToString(CultureInfo.InvariantCulture)];
            case ValuePart.Slot:
                return [slot];
            default:
                var place = Column > 0 ? Column - 1 : values.Count + Column;
                return Column == 0 ? values.Select(Take) : place >= 0 && place < values.Count ? [Take(values[place])] : [];
        }
    }

    private static ValuePart PartOf(string text) => text switch
    {
        "." => ValuePart.NoExtension,
        "/" => ValuePart.Name,
        "//" => ValuePart.Folder,
        "/." => ValuePart.NameNoExtension,
        _ => ValuePart.Whole,
    };

    private string Take(string value) => Part switch
    {
        ValuePart.NoExtension => WithoutExtension(value),
        ValuePart.Name => NameOf(value),
        ValuePart.Folder => FolderOf(value),
        ValuePart.NameNoExtension => WithoutExtension(NameOf(value)),
        _ => value,
    };

    private static string NameOf(string value) => value[(value.LastIndexOf('/') + 1)..];

    /// <summary>As dirname tells it.</summary>
    private static string FolderOf(string value)
    {
        var trimmed = value.TrimEnd('/');
        var slash = trimmed.LastIndexOf('/');
        return slash < 0 ? trimmed.Length == 0 && value.Length > 0 ? "/" : "." : trimmed[..slash].TrimEnd('/') is { Length: > 0 } folder ? folder : "/";
    }

    private static string WithoutExtension(string value)
    {
        var dot = value.LastIndexOf('.');
        return dot > value.LastIndexOf('/') ? value[..dot] : value;
    }
}
