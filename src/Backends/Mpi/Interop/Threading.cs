namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>From how many threads MPI may be called; ascending.</summary>
public enum Threading
{
    /// <summary>The process has one thread.</summary>
#pragma warning disable CA1720 // The standard's word, and MPI.NET's.
    Single,
#pragma warning restore CA1720

    /// <summary>Only the thread that started MPI calls it.</summary>
    Funneled,

    /// <summary>Any thread calls it, one at a time.</summary>
    Serialized,

    /// <summary>Any thread calls it at any time.</summary>
    Multiple,
}
