using System;

namespace HpcRuntime.Primitives;

/// <summary>Base of every exception that this library throws on purpose. Its message says what was attempted, where, and what to try.</summary>
public class HpcRuntimeException : Exception
{
    /// <summary>An exception with a message for the user.</summary>
    public HpcRuntimeException(string message) : base(message)
    {
    }

    /// <summary>An exception with a message for the user and the failure behind it.</summary>
    public HpcRuntimeException(string message, Exception? innerException) : base(message, innerException)
    {
    }
}
