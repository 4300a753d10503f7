using HpcRuntime.Primitives;

namespace HpcRuntime.Fabrics;

/// <summary>The fabric ended a slave because the command it ran used more of something than an option allows. Named as the remote type of a command that failed so.</summary>
public sealed class ResourceLimitException(string message) : HpcRuntimeException(message);
