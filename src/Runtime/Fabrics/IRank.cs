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
/// <param name="Status">Where the slave leaves word of what it is doing, for a fabric that can read it after the slave's death; null where there is none.</param>
public sealed record RankSetting(Communicator Communicator, IOutputCapture Capture, IRankStatus? Status = null);

/// <summary>Takes word of what a slave is doing. Called for every command: a store to memory, no more.</summary>
public interface IRankStatus
{
    /// <summary>The slave is about to run command <paramref name="id"/>; 0 when it has ended one. Called on the slave's driving thread.</summary>
    void Running(long id);

    /// <summary>As <see cref="Running"/> before a command, where the fabric may have taken back what the slave has not begun (<see cref="Fabric.TakeBack"/>).</summary>
    /// <param name="id">The command.</param>
    /// <param name="returns">How often the slave has been told to give back everything, which it is after each time that the fabric has taken it: what came in between is others' by now.</param>
    /// <returns>False when it has: the command is not to be run, and all that wait are to be given back.</returns>
    bool TryBegin(long id, long returns)
    {
        Running(id);
        return true;
    }

    /// <summary>Whether the fabric wants another holder for this seat before the next command. Asked after each.</summary>
    bool IsWorn => false;

    /// <summary>A message is about to be handed to the communicator. Called for each, in their order.</summary>
    /// <param name="withOutput">Whether all output that was taken from the capture so far is in this message or in those before it.</param>
    void Sending(bool withOutput);
}

/// <summary>Makes the slave of one rank. Called once per incarnation, on the thread that will run it.</summary>
public delegate IRank RankEntry(RankSetting setting);
