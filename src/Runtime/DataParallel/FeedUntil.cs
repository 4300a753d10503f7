namespace HpcRuntime.DataParallel;

/// <summary>How long a map is fed by a thread that does not want to wait for its input.</summary>
internal enum FeedUntil
{
    /// <summary>Until nothing more may go out.</summary>
    Full,

    /// <summary>Or until something has come home: the consumer has nothing yet.</summary>
    News,

    /// <summary>Or until the input turned out to be slow, or something has come home: the consumer has its next result and wants to get on.</summary>
    Slow,
}
