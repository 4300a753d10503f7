using System;

namespace HpcRuntime.Wire;

/// <summary>An object of this type, of a type derived from it or of one that implements it is refused with <paramref name="reason"/> when it is about to travel to another rank.</summary>
/// <param name="reason">Completes the sentence "it is a T, and ...", such as <c>a processor stays on the master</c>.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Interface | AttributeTargets.Delegate)]
public sealed class CannotTravelAttribute(string reason) : Attribute
{
    /// <summary>Why.</summary>
    public string Reason { get; } = reason;
}
