using System;
using HpcRuntime.Primitives;

namespace HpcRuntime.Wire;

/// <summary>Bytes from another rank that do not decode: truncated, corrupt, or naming what may not be named.</summary>
public sealed class WireFormatException : HpcRuntimeException
{
    /// <summary>A message that says what was expected and where.</summary>
    public WireFormatException(string message) : base(message)
    {
    }

    /// <summary>A message that says what was expected and where, with the failure behind it.</summary>
    public WireFormatException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    /// <summary>Whether the rank that sent it was lost before all of it was here. Default: false.</summary>
    public bool SenderIsLost { get; init; }
}
