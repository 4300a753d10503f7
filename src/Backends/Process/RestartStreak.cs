namespace HpcRuntime.Backends.Process;

/// <summary>Counts slaves in a row that ended without having completed a command.</summary>
internal sealed class RestartStreak
{
    private long _culprit;

    /// <summary>How many there are now.</summary>
    internal int Count { get; private set; }

    /// <summary>A slave has ended.</summary>
    /// <param name="completedAny">Whether a command was completed since the last one did.</param>
    /// <param name="culprit">The command that it ran; 0 for none. A command that ends its slave is given up after its attempts: with the next that does so, counting begins anew.
    /// So poisonous commands fail one by one, and the others run.</param>
    internal void Note(bool completedAny, long culprit)
    {
        Count = completedAny ? 0 : culprit != 0 && culprit != _culprit ? 1 : Count + 1;
        _culprit = culprit;
    }
}
