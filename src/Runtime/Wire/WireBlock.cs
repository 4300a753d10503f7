using System;

namespace HpcRuntime.Wire;

/// <summary>Who may change the array behind a <see cref="WireBlock"/> while it is under way.</summary>
public enum WireBlockOwnership
{
    /// <summary>The array is still the sender's: a communicator that keeps it beyond the send copies it.</summary>
    Sender,

    /// <summary>The array is lent by the caller, who leaves it unchanged until the result: never copied on the sending side.</summary>
    Lent,

    /// <summary>Nobody changes the array any more: ranks in one process may all use the same instance.</summary>
    Shared,

    /// <summary>As <see cref="Shared"/>, and several ranks are sent the same array, one message each: a communicator may put one copy in front of all of them, known by the array.</summary>
    Published,
}

/// <summary>The bytes of one large array of blittable elements that travel beside the head of a message, never through it.</summary>
/// <param name="Array">The array whose elements travel, in row-major order; of any rank.</param>
/// <param name="ByteCount">Bytes in all; may exceed 2 GiB, so no span ever covers the block.</param>
/// <param name="Ownership">Who may change the array under way.</param>
public readonly record struct WireBlock(Array Array, nuint ByteCount, WireBlockOwnership Ownership);
