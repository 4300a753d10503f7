using System.Collections.Generic;

namespace HpcRuntime.Backends.Mpi.Interop;

/// <summary>What UCX, inside MPICH and as an option inside Open MPI, has to be told so that a .NET process can live with it. It reads its variables when it is loaded.</summary>
internal static class UcxSettings
{
    /// <summary>Variables and their values. One that the user has set stays.</summary>
    /// <remarks><c>UCX_ERROR_SIGNALS</c>: else it takes the signals by which the runtime notices null references, and any that is caught then ends the process.
    /// <c>UCX_MEM_EVENTS</c>: else it rewrites the code of mmap, munmap and their like in libc while MPI starts, and a thread of the runtime that is in there at that moment, as the one that compiles, crashes
    /// (UCX 1.13: munmap + 15 bytes, twice in some thousand starts). With its other way (<c>UCX_MEM_MMAP_HOOK_MODE=reloc</c>) its own malloc and dlsym wait for each other, and MPI does not start.
    /// It wants to know of memory that goes so that it can keep memory registered with InfiniBand; without, it registers large messages anew each time.</remarks>
    internal static IReadOnlyList<(string Name, string Value)> Needed { get; } = [("UCX_ERROR_SIGNALS", string.Empty), ("UCX_MEM_EVENTS", "n")];
}
