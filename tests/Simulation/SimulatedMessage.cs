using System;
using System.Collections.Generic;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Simulation;

/// <summary>A message without blocks in a buffer that is used again, so that the simulation itself makes no garbage for the master to pay for.</summary>
internal sealed class SimulatedMessage : Message
{
    private readonly Stack<SimulatedMessage> _pool;
    private byte[] _buffer = new byte[64];
    private int _length;

    private SimulatedMessage(Stack<SimulatedMessage> pool) => _pool = pool;

    public override byte[] Buffer => _buffer;

    public override int Offset => 0;

    public override int Length => _length;

    public override WireBlockSource Blocks => WireBlockSource.None;

    public override void Dispose()
    {
        _length = 0;
        _pool.Push(this);
    }

    /// <summary>Results in it.</summary>
    internal int Results { get; private set; }

    internal static SimulatedMessage Copy(Stack<SimulatedMessage> pool, ReadOnlySpan<byte> head, int results)
    {
        var message = pool.Count > 0 ? pool.Pop() : new SimulatedMessage(pool);
        if (message._buffer.Length < head.Length)
        {
            message._buffer = new byte[Math.Max(head.Length, 2 * message._buffer.Length)];
        }

        head.CopyTo(message._buffer);
        message._length = head.Length;
        message.Results = results;
        return message;
    }
}
