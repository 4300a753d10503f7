using System;
using System.Globalization;
using System.Threading;

namespace HpcRuntime.Backends.Native;

/// <summary>The reading end of a byte ring of frames: one process, one thread. It believes nothing that it reads: a length or position that cannot be is reported as <see cref="CorruptFrameException"/>.</summary>
internal sealed unsafe class RingConsumer
{
    private readonly byte* _control;
    private readonly byte* _data;
    private readonly int _capacity;
    private long _head;
    private long _knownTail;
    private int _frame;

    /// <param name="control">The control words (<see cref="RingLayout.TailAt"/> and on).</param>
    /// <param name="data">The bytes, mapped twice in a row.</param>
    /// <param name="capacity">Bytes, a power of two.</param>
    internal RingConsumer(byte* control, byte* data, int capacity)
    {
        _control = control;
        _data = data;
        _capacity = capacity;
        _head = Volatile.Read(ref Head);
        _knownTail = _head;
    }

    /// <summary>How far the writer has come; <see cref="HasReached"/> tells when all that was there now has been read.</summary>
    internal long Published => Volatile.Read(ref Tail);

    private ref long Tail => ref *(long*)(_control + RingLayout.TailAt);

    private ref long Head => ref *(long*)(_control + RingLayout.HeadAt);

    private ref long Wanted => ref *(long*)(_control + RingLayout.WantedAt);

    internal bool HasReached(long published) => _head >= published;

    /// <summary>The next whole frame, or an empty span. Valid until <see cref="Release"/>.</summary>
    /// <exception cref="CorruptFrameException">What is there cannot be a frame.</exception>
    internal ReadOnlySpan<byte> TryRead()
    {
        if (_head == _knownTail)
        {
            _knownTail = Volatile.Read(ref Tail);
            if (_head == _knownTail)
            {
                return [];
            }

            var unread = _knownTail - _head;
            if (unread < 0 || unread > _capacity || unread % RingLayout.Alignment != 0)
            {
                _knownTail = _head;
                throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"{unread} unread bytes in a ring of {_capacity}"));
            }
        }

        var start = _data + (_head & (_capacity - 1));
        var length = *(int*)start;
        if (length < RingLayout.LeastFrameBytes || length > _capacity || RingLayout.Padded(length) > _knownTail - _head)
        {
            throw new CorruptFrameException(string.Create(CultureInfo.InvariantCulture, $"a frame of {length} bytes where {_knownTail - _head} are there"));
        }

        _frame = RingLayout.Padded(length);
        return new ReadOnlySpan<byte>(start, length);
    }

    /// <summary>Gives the room of the frame that was read back. True when the writer waits for room and is to be rung.</summary>
    internal bool Release()
    {
        _head += _frame;
        _frame = 0;
        Volatile.Write(ref Head, _head);

        // The wish must not be read before the room is visible: the writer wishes first and then looks for room.
        Interlocked.MemoryBarrier();
        var wanted = Volatile.Read(ref Wanted);
        if (wanted == 0 || _head < wanted)
        {
            return false;
        }

        Interlocked.CompareExchange(ref Wanted, 0, wanted);
        return true;
    }
}
