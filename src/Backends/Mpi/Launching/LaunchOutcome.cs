namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>How a launched run came to its end.</summary>
internal enum LaunchEnd
{
    /// <summary>Rank 0 ended; the code is its own.</summary>
    Finished,

    /// <summary>It never began: a host or the program could not be reached.</summary>
    NotStarted,

    /// <summary>It broke down: a daemon of the launcher, or the launcher itself, was lost.</summary>
    Lost,

    /// <summary>A signal ended it before rank 0 had a code of its own.</summary>
    Signalled,
}

/// <summary>The end of a launched run.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Code">Rank 0's exit code; the signal's number where that ended the run.</param>
/// <param name="Message">What happened and what to do; empty where rank 0 has said it all.</param>
internal sealed record LaunchOutcome(LaunchEnd End, int Code, string Message);
