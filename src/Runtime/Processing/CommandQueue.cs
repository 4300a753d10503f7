using System.Collections.Generic;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>Commands that wait for a slave: FIFO within a priority, higher priorities first. Cancelled ones are passed over. Driven by the holder of the baton.</summary>
internal sealed class CommandQueue
{
    private readonly ArrayDeque<CommandEntry> _normal = new(1024);
    private readonly SortedList<int, ArrayDeque<CommandEntry>> _others = [];

    /// <summary>How many wait, cancelled ones that were not yet passed over included.</summary>
    internal int Count { get; private set; }

    internal void Add(CommandEntry entry)
    {
        Lane(entry.Priority).AddLast(entry);
        Count++;
    }

    /// <summary>Puts a command back before all others of its priority.</summary>
    internal void AddFirst(CommandEntry entry)
    {
        Lane(entry.Priority).AddFirst(entry);
        Count++;
    }

    /// <summary>The next command that still waits; null when there is none. It stays in the queue.</summary>
    internal CommandEntry? Peek()
    {
        while (Count > 0)
        {
            var lane = First();
            var entry = lane[0];
            if (entry.Status == CommandStatus.Queued)
            {
                return entry;
            }

            lane.RemoveFirst();
            Count--;
        }

        return null;
    }

    /// <summary>Takes the command that <see cref="Peek"/> returned.</summary>
    internal void Take()
    {
        First().RemoveFirst();
        Count--;
    }

    /// <summary>Takes all commands of <paramref name="run"/> out of the queue; of all runs when it is null.</summary>
    internal List<CommandEntry> TakeAll(QueueRun? run)
    {
        var taken = new List<CommandEntry>();
        TakeFrom(_normal, run, taken);
        foreach (var lane in _others.Values)
        {
            TakeFrom(lane, run, taken);
        }

        return taken;
    }

    private void TakeFrom(ArrayDeque<CommandEntry> lane, QueueRun? run, List<CommandEntry> taken)
    {
        var count = lane.Count;
        for (var i = 0; i < count; i++)
        {
            var entry = lane.RemoveFirst();
            if (run is null || entry.Run == run)
            {
                Count--;
                taken.Add(entry);
            }
            else
            {
                lane.AddLast(entry);
            }
        }
    }

    private ArrayDeque<CommandEntry> Lane(int priority)
    {
        if (priority == 0)
        {
            return _normal;
        }

        if (!_others.TryGetValue(priority, out var lane))
        {
            _others.Add(priority, lane = new ArrayDeque<CommandEntry>());
        }

        return lane;
    }

    private ArrayDeque<CommandEntry> First()
    {
        for (var i = _others.Count - 1; i >= 0; i--)
        {
            if (_others.Values[i].Count > 0 && (_others.Keys[i] > 0 || _normal.Count == 0))
            {
                return _others.Values[i];
            }
        }

        return _normal;
    }
}
