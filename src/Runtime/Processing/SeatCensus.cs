namespace HpcRuntime.Processing;

/// <summary>How many seats are idle, and how many hold work that has not begun: kept as they change, so that a turn of the loop need not look at every seat. Driven by the holder of the baton.</summary>
internal sealed class SeatCensus
{
    /// <summary>Seats that could take a command and have none.</summary>
    internal int Idle { get; private set; }

    /// <summary>Seats with more commands than the one that runs.</summary>
    internal int HoldingBack { get; private set; }

    /// <summary>A seat has become, or ceased to be, what these say.</summary>
    internal void Move(bool wasIdle, bool isIdle, bool heldBack, bool holdsBack)
    {
        Idle += (isIdle ? 1 : 0) - (wasIdle ? 1 : 0);
        HoldingBack += (holdsBack ? 1 : 0) - (heldBack ? 1 : 0);
    }
}
