using System;
using HpcRuntime.Primitives;

namespace HpcRuntime.Wire;

/// <summary>An object that cannot travel to another rank: its message names the type and the path to the field.</summary>
public sealed class WireTypeException : HpcRuntimeException
{
    /// <summary>An object of <paramref name="type"/> was met at <paramref name="path"/>.</summary>
    public WireTypeException(string message, Type? type = null, string? path = null) : base(message)
    {
        TravellingType = type;
        Path = path;
    }

    /// <summary>The type that cannot travel, where it is known.</summary>
    public Type? TravellingType { get; }

    /// <summary>The path from the root object to the field, such as <c>FitCurve.curve.Source</c>.</summary>
    public string? Path { get; }
}
