using System.Threading;

namespace HpcRuntime.Processing;

/// <summary>The state of the data at the time commands were queued: a version, and how many commands still see it.</summary>
internal sealed class DataEpoch(long version)
{
    private long _commands;

    internal long Version { get; } = version;

    internal bool IsUnused => Interlocked.Read(ref _commands) == 0;

    internal void Enter() => Interlocked.Increment(ref _commands);

    internal void Leave() => Interlocked.Decrement(ref _commands);
}
