using System;
using HpcRuntime.Wire;

namespace HpcRuntime.Fabrics;

/// <summary>A received message: a head, and blocks that the reader pulls. Valid until it is disposed; disposed once, by the receiver.</summary>
public abstract class Message : IDisposable
{
    /// <summary>The buffer that holds the head.</summary>
    public abstract byte[] Buffer { get; }

    /// <summary>Where the head begins in <see cref="Buffer"/>.</summary>
    public abstract int Offset { get; }

    /// <summary>Bytes of the head.</summary>
    public abstract int Length { get; }

    /// <summary>The blocks beside the head.</summary>
    public abstract WireBlockSource Blocks { get; }

    /// <summary>Gives the buffers back to the communicator.</summary>
    public abstract void Dispose();
}
