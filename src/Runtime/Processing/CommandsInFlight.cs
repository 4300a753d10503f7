using System;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>Commands handed to one slave that have not ended, in the order they were sent.</summary>
/// <param name="changed">Told after every change of their number.</param>
internal sealed class CommandsInFlight(Action changed)
{
    private readonly ArrayDeque<CommandEntry> _entries = new(4);

    internal int Count => _entries.Count;

    internal CommandEntry this[int index] => _entries[index];

    internal void AddLast(CommandEntry entry)
    {
        _entries.AddLast(entry);
        changed();
    }

    internal CommandEntry RemoveFirst() => RemoveAt(0);

    internal CommandEntry RemoveLast()
    {
        var entry = _entries.RemoveLast();
        changed();
        return entry;
    }

    internal CommandEntry RemoveAt(int index)
    {
        var entry = _entries.RemoveAt(index);
        changed();
        return entry;
    }
}
