using System;
using System.Threading;

namespace HpcRuntime.Backends.Native;

/// <summary>The writing end of a byte ring of frames: one process, one thread. A frame is visible to the reader only as a whole: a writer that dies in the middle of one leaves nothing.</summary>
internal sealed unsafe class RingProducer
{
    private readonly byte* _control;
    private readonly byte* _data;
    private readonly int _capacity;
    private long _tail;
    private long _knownHead;
    private int _reserved;

    /// <param name="control">The control words (<see cref="RingLayout.TailAt"/> and on), zero at first.</param>
    /// <param name="data">The bytes, mapped twice in a row.</param>
    /// <param name="capacity">Bytes, a power of two.</param>
    internal RingProducer(byte* control, byte* data, int capacity)
    {
        _control = control;
        _data = data;
        _capacity = capacity;
        _tail = Volatile.Read(ref Tail);
        _knownHead = Volatile.Read(ref Head);
    }

    private ref long Tail => ref *(long*)(_control + RingLayout.TailAt);

    private ref long Head => ref *(long*)(_control + RingLayout.HeadAt);

    private ref long Wanted => ref *(long*)(_control + RingLayout.WantedAt);

    /// <summary>Room for a frame of <paramref name="length"/> bytes, or an empty span when there is none at present. Nothing is visible before <see cref="Publish"/>.</summary>
    internal Span<byte> TryReserve(int length)
    {
        var padded = RingLayout.Padded(length);
        if (_tail + padded - _knownHead > _capacity)
        {
            _knownHead = Volatile.Read(ref Head);
            if (_tail + padded - _knownHead > _capacity)
            {
                return [];
            }
        }

        _reserved = padded;
        return new Span<byte>(_data + (_tail & (_capacity - 1)), length);
    }

    /// <summary>Makes the reserved frame visible.</summary>
    internal void Publish()
    {
        _tail += _reserved;
        _reserved = 0;
        Volatile.Write(ref Tail, _tail);
    }

    /// <summary>Asks the reader to ring once half the ring is free. Look once more afterwards: it may have made the room before it saw this.</summary>
    internal void AskForRoom()
    {
        Volatile.Write(ref Wanted, Math.Max(1, _tail - (_capacity / 2)));
        Interlocked.MemoryBarrier();
    }
}
