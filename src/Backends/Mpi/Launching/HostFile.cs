using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>A host and the ranks that it may hold.</summary>
/// <param name="Name">As written, without a port or user of ours: a name, an address, or <c>user@name</c>.</param>
/// <param name="Slots">Slaves that it takes before the next host's turn; at least 1.</param>
/// <param name="Limit">Slaves that it takes at most; null without a limit.</param>
internal sealed record HostSlots(string Name, int Slots, int? Limit = null);

/// <summary>A list of hosts, in the dialect of either MPI family: <c>host</c>, <c>host:4</c>, <c>host slots=4 max_slots=8</c>; <c>#</c> begins a comment.
/// A bare name has one slot; a host that is named again has the slots of all its lines, as the lists of batch systems mean it.</summary>
/// <param name="Source">Where the list came from, for messages.</param>
/// <param name="Hosts">In the order of their first line; at least one.</param>
internal sealed record HostFile(string Source, IReadOnlyList<HostSlots> Hosts)
{
    private const int Most = 1_000_000;

    /// <summary>All slots: the slaves that it has room for.</summary>
    internal int Slots => Hosts.Sum(host => host.Slots);

    /// <summary>Reads a file.</summary>
    /// <exception cref="LaunchException">It cannot be read, a line is not understood, or it names no host.</exception>
    internal static HostFile Read(string path)
    {
        try
        {
            return Parse(path, File.ReadAllLines(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LaunchException($"host file {path}: {(File.Exists(path) || Directory.Exists(path) ? "cannot be read: " + e.Message : $"there is no such file ({Path.GetFullPath(path)})")}");
        }
    }

    /// <summary>Reads lines.</summary>
    /// <exception cref="LaunchException">A line is not understood, or none names a host.</exception>
    internal static HostFile Parse(string source, IEnumerable<string> lines)
    {
        var hosts = new List<HostSlots>();
        var number = 0;
        foreach (var line in lines)
        {
            number++;
            var words = Words(line);
            if (words.Length > 0)
            {
                Add(hosts, new Line(source, number, line.Trim()).Read(words));
            }
        }

        return hosts.Count > 0 ? new HostFile(source, hosts) : throw new LaunchException($"host file {source}: names no host; write one a line, such as 'node01 slots=4'.");
    }

    private static string[] Words(string line)
    {
        var end = line.IndexOf('#', StringComparison.Ordinal);
        var text = end < 0 ? line : line[..end];

        // Open MPI allows blanks around the sign.
        while (text.Contains(" =", StringComparison.Ordinal) || text.Contains("= ", StringComparison.Ordinal))
        {
            text = text.Replace(" =", "=", StringComparison.Ordinal).Replace("= ", "=", StringComparison.Ordinal);
        }

        return text.Split([' ', '\t', ',', '\r'], StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Add(List<HostSlots> hosts, HostSlots host)
    {
        var known = hosts.FindIndex(other => string.Equals(other.Name, host.Name, StringComparison.OrdinalIgnoreCase));
        if (known < 0)
        {
            hosts.Add(host);
        }
        else
        {
            hosts[known] = new HostSlots(hosts[known].Name, hosts[known].Slots + host.Slots, hosts[known].Limit is { } one && host.Limit is { } other ? one + other : null);
        }
    }

    private readonly record struct Line(string Source, int Number, string Text)
    {
        internal HostSlots Read(string[] words)
        {
            var (name, slots) = SplitName(words[0]);
            int? limit = null;
            foreach (var word in words.Skip(1))
            {
                var (key, value) = word.IndexOf('=', StringComparison.Ordinal) is var equals && equals > 0 ? (word[..equals], word[(equals + 1)..]) : (word, null);
                switch (key)
                {
                    case "slots" or "cpu" or "count" when slots is not null:
                        throw Refuse("the slots are given twice");
                    case "slots" or "cpu" or "count":
                        slots = Count(value, key);
                        break;
                    case "max_slots" or "max-slots" or "max" when limit is null:
                        limit = Count(value, key);
                        break;
                    default:
                        throw Refuse($"'{word}' is not understood; write 'host', 'host:4' or 'host slots=4 max_slots=8'");
                }
            }

            slots ??= 1;
            return limit < slots ? throw Refuse($"max_slots is less than the {slots} slots") : new HostSlots(name, slots.Value, limit);
        }

        private (string Name, int? Slots) SplitName(string word)
        {
            // An IPv6 address has colons of its own: with slots it stands in brackets.
            var bracket = word.LastIndexOf(']');
            var colon = word.LastIndexOf(':');
            var alone = colon <= bracket || (bracket < 0 && word.IndexOf(':', StringComparison.Ordinal) != colon);
            var name = alone ? word : word[..colon];
            var bad = name.FirstOrDefault(letter => !char.IsLetterOrDigit(letter) && !"._-@:[]%".Contains(letter, StringComparison.Ordinal));
            if (name.Length == 0 || bad != default || name.StartsWith('-'))
            {
                throw Refuse(bad is '[' or ']' or '*' or '=' || bad == default ? "it does not begin with the name of a host" : $"'{bad}' does not belong into the name of a host");
            }

            return (name, alone ? null : Count(word[(colon + 1)..], name + ":"));
        }

        private int Count(string? text, string what)
            => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and <= Most
                ? count
                : throw Refuse($"'{what}' needs a whole number of 1 or more{(string.IsNullOrEmpty(text) ? string.Empty : $", not '{text}'")}");

        private LaunchException Refuse(string reason) => new(string.Create(CultureInfo.InvariantCulture, $"host file {Source}, line {Number}: {reason}: {Text}"));
    }
}
