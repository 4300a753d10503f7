using HpcRuntime.Primitives;

namespace HpcRuntime.Backends.Mpi.Launching;

/// <summary>Something that the user wrote keeps a run from being launched: a host file, a count, the name of an MPI. The message is one line that names it and says what to do. Exit code 2.</summary>
internal sealed class LaunchException(string message) : HpcRuntimeException(message);
