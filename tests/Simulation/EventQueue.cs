using System.Collections.Generic;

namespace HpcRuntime.Simulation;

/// <summary>Events in the order of their time; those of the same moment in the order in which they were added.</summary>
internal sealed class EventQueue
{
    private readonly PriorityQueue<SimulationEvent, (long Time, long Order)> _events = new();
    private long _added;

    /// <summary>When the next event happens; <see cref="long.MaxValue"/> when none does.</summary>
    internal long NextAt => _events.TryPeek(out _, out var priority) ? priority.Time : long.MaxValue;

    internal void Add(long time, in SimulationEvent what) => _events.Enqueue(what, (time, _added++));

    internal SimulationEvent Take(out long time)
    {
        _events.TryDequeue(out var next, out var priority);
        time = priority.Time;
        return next;
    }
}
