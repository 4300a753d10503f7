using System;
using System.Collections.Generic;
using HpcRuntime.Backends.Native;

namespace HpcRuntime.Backends.Process;

/// <summary>One rank's end of a socket to another: messages in frames, out and in. A frame is a header (mark, bytes of the head, number of blocks, check), the length of each block, the head, the blocks.
/// A frame that its sender did not finish is never delivered. Driven by one thread at a time.</summary>
internal sealed partial class SocketLink : IDisposable
{
    private const uint Mark = 0x4D435048; // "HPCM"
    private const int HeaderBytes = 16;
    private const int BufferBytes = 64 * 1024;

    private readonly Stack<SocketMessage> _pool;

    internal SocketLink(int descriptor, Stack<SocketMessage> pool)
    {
        Descriptor = descriptor;
        _pool = pool;
        Descriptors.SetCloseOnExec(descriptor, true);
    }

    internal int Descriptor { get; private set; }

    /// <summary>True once the other end is gone, or what it sent cannot be a message.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>What is wrong with what the other end sent; null for nothing.</summary>
    internal string? Corruption { get; private set; }

    public void Dispose()
    {
        if (Descriptor >= 0)
        {
            Descriptors.Close(Descriptor);
            Descriptor = -1;
        }

        IsClosed = true;
        _backlog.Clear();
        _incoming?.Dispose();
        _incoming = null;
    }

    private static uint Check(uint head, uint blocks) => Mark ^ (head * 2654435761u) ^ (blocks * 40503u);
}
