using HpcRuntime.Output;

namespace HpcRuntime.Fabrics;

/// <summary>What a slave runs: made by the floor above, driven by the fabric.</summary>
public interface IRank
{
    /// <summary>Runs until the master ends this rank.</summary>
    void Run();

    /// <summary>Handles what has arrived without waiting, for a fabric whose ranks share one thread. False once the master has ended this rank.</summary>
    bool Step();
}

/// <summary>What a fabric gives a slave.</summary>
/// <param name="Communicator">The slave's own communicator.</param>
/// <param name="Capture">Catches what a command prints.</param>
/// <param name="Isolated">False when arguments and results may be shared with the master (only when the user asked for it).</param>
public sealed record RankSetting(Communicator Communicator, IOutputCapture Capture, bool Isolated = true);

/// <summary>Makes the slave of one rank. Called once per incarnation, on the thread that will run it.</summary>
public delegate IRank RankEntry(RankSetting setting);
