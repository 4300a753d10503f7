using System.Runtime.CompilerServices;

namespace HpcRuntime.Wire.Codecs;

/// <summary>What the number before an object means, and how deep objects nest.</summary>
internal static class Tags
{
    public const byte Null = 0;

    /// <summary>An object met before: its number follows.</summary>
    public const byte Back = 1;

    /// <summary>An object of exactly the declared type.</summary>
    public const byte Exact = 2;

    /// <summary>A further tag and the object's head follow; its body comes after everything under way.</summary>
    public const byte Deferred = 3;

    /// <summary>From here on: a type's id.</summary>
    public const ulong FirstType = 4;

    /// <summary>Objects nested deeper than this are deferred where they can be.</summary>
    public const int SoftDepth = 100;

    /// <summary>Nothing nests deeper.</summary>
    public const int HardDepth = 500;

    /// <summary>True where an object may not nest: at the hard depth, or on a thread with a small stack before that.</summary>
    public static bool IsTooDeep(int depth) => depth >= HardDepth || ((depth & 31) == 31 && !RuntimeHelpers.TryEnsureSufficientExecutionStack());
}

/// <summary>Whether and when an object gets a number by which it can be referred to.</summary>
internal enum Tracking
{
    /// <summary>Never: identity means nothing (a string, a boxed number).</summary>
    None,

    /// <summary>Before its content, so that the content can refer to it.</summary>
    Before,

    /// <summary>After its content, because it is made from it (an immutable list).</summary>
    After,
}
