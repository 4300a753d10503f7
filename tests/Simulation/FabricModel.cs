namespace HpcRuntime.Simulation;

/// <summary>The fabric that is simulated: one link at the master that everything passes, whatever slaves there are behind it.</summary>
internal sealed record FabricModel
{
    internal int Slaves { get; init; } = 1024;

    /// <summary>Seconds from the end of sending a message to its arrival.</summary>
    internal double Latency { get; init; } = 5e-6;

    /// <summary>Mean of what is added to the latency of each message, exponentially distributed, in seconds. Messages to or from one slave do not overtake each other.</summary>
    internal double Jitter { get; init; }

    /// <summary>Bytes per second over the master's link, each way.</summary>
    internal double Bandwidth { get; init; } = 10e9;

    /// <summary>Bytes that a transport adds to each message.</summary>
    internal int FrameBytes { get; init; } = 32;

    /// <summary>Seconds of the master's core that the transport takes for each message it sends or receives; the loop's own cost is the charge.</summary>
    internal double MessageCost { get; init; } = 0.5e-6;

    /// <summary>Seconds that a slave needs around each command: decode it, catch its output, encode its result.</summary>
    internal double SlaveCost { get; init; } = 2e-6;

    /// <summary>Seconds after which a slave that runs a command sends results that it held, and answers when it is asked for work: its watchdog looks that often.</summary>
    internal double WatchInterval { get; init; } = 1e-3;

    /// <summary>Slaves that are lost, each at a random moment of the run; another takes the seat.</summary>
    internal int Losses { get; init; }

    /// <summary>Seconds until the master hears of a loss.</summary>
    internal double LossDelay { get; init; } = 1e-3;

    /// <summary>Seconds until the successor of a lost slave has joined.</summary>
    internal double RestartDelay { get; init; } = 0.2;
}
