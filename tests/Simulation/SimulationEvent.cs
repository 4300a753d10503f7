namespace HpcRuntime.Simulation;

/// <summary>What happens at a moment of virtual time.</summary>
internal enum EventKind
{
    /// <summary>A message reaches a slave.</summary>
    AtSlave,

    /// <summary>A message reaches the master.</summary>
    AtMaster,

    /// <summary>A slave has ended the command it ran.</summary>
    CommandEnds,

    /// <summary>The watchdog of a slave looks after a running command: results that were held go home, questions are answered.</summary>
    LooksAfter,

    /// <summary>A slave takes its seat.</summary>
    Joins,

    /// <summary>A slave dies.</summary>
    Dies,

    /// <summary>The master hears that a slave is gone.</summary>
    LossSeen,
}

/// <summary>One event, of one incarnation of a slave.</summary>
internal readonly record struct SimulationEvent(EventKind Kind, int Rank, int Incarnation, SimulatedMessage? Message = null);
