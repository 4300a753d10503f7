using System;
using HpcRuntime.Primitives;

namespace HpcRuntime.Fabrics;

/// <summary>The fabric exists but cannot run here; the message says why and what to do. Exit code 3.</summary>
public sealed class FabricUnavailableException : HpcRuntimeException
{
    /// <summary>The fabric called <paramref name="name"/> cannot run here because of <paramref name="reason"/>.</summary>
    public FabricUnavailableException(string name, string reason, Exception? innerException = null)
        : base($"Fabric '{name}' cannot run here: {reason}", innerException) => FabricName = name;

    /// <summary>The fabric that was asked for.</summary>
    public string FabricName { get; }
}
