using HpcRuntime.Commands;

namespace HpcRuntime.Processing;

/// <summary>Is told what a processor does. Called on whichever thread drives it, one call at a time but for <see cref="ResultApplied"/>: a call must be short. Times are of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
internal interface IProcessorObserver
{
    /// <summary>A slave has come up.</summary>
    void SlaveJoined(int rank, string name, long at);

    /// <summary>A slave has left, or is lost.</summary>
    void SlaveLeft(int rank, string reason, long at);

    /// <summary>An execution of a command has ended.</summary>
    void AttemptEnded(in AttemptRecord attempt);

    /// <summary>A result was applied on the master. From any thread.</summary>
    void ResultApplied(ICommandInfo command, long from, long to);
}
