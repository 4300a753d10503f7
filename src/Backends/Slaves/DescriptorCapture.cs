using System;
using System.Collections.Generic;
using System.Diagnostics;
using HpcRuntime.Backends.Native;
using HpcRuntime.Output;

namespace HpcRuntime.Backends.Slaves;

/// <summary>Catches what this process writes to its descriptors 1 and 2, which are files in memory that only grow: managed code, native code and child processes alike.
/// A command's output is what lies between the ends of the files before and after it. Used by the holder of the slave's gate.</summary>
internal sealed class DescriptorCapture : IOutputCapture, IDisposable
{
    /// <summary>Pages behind what was taken are given back in pieces of this size.</summary>
    private const long PunchBytes = 1 << 20;

    /// <summary>A command that begins so soon after the last one ended begins where that one ended.</summary>
    private static readonly long SameMoment = Stopwatch.Frequency / 20_000;

    /// <summary>Whoever took less than this, in Stopwatch ticks, has not written: half of what the shortest write takes here.</summary>
    private static readonly long NoTimeToWrite = ShortestWrite() / 2;

    private readonly MemoryFile[] _files;
    private readonly long[] _end = new long[2];     // Up to here output belongs to commands that have ended, or to the slave.
    private readonly long[] _settled = new long[2]; // Up to here it was taken or dropped.
    private readonly long[] _punched = new long[2];
    private readonly LeftoverOutput _leftover;
    private readonly DescriptorOutput _output; // One command runs at a time.
    private long _begunAt;
    private long _endedAt;
    private bool _justEnded; // Nobody has looked for the slave's own output since the last command's end was taken.
    private bool _printed;

    /// <summary>A capture of the descriptors as they are now, whatever a command makes of the numbers 1 and 2 later.</summary>
    internal DescriptorCapture()
    {
        _files = [MemoryFile.Open(Descriptors.Duplicate(1)), MemoryFile.Open(Descriptors.Duplicate(2))];
        _leftover = new LeftoverOutput(this);
        _output = new DescriptorOutput(this);
    }

    public ICommandOutput Leftover => _leftover;

    public ICommandOutput Begin(long limit)
    {
        var now = Stopwatch.GetTimestamp();
        if (now - _endedAt > SameMoment)
        {
            Flush();
            for (var stream = 0; stream < 2; stream++)
            {
                var length = Length(stream);
                if (length > _end[stream])
                {
                    _leftover.Add(stream, _end[stream], length);
                    _end[stream] = length;
                }
            }
        }

        _leftover.IsOpen = false;
        _begunAt = now;
        _output.Begin(limit, _end[0], _end[1]);
        return _output;
    }

    public void Dispose()
    {
        _files[0].Dispose();
        _files[1].Dispose();
    }

    /// <summary>Up to where a stream was taken; what lies behind is read by the master if this process dies.</summary>
    internal long Settled(OutputStream stream) => _settled[(int)stream];

    internal long Length(int stream) => _files[stream].Length;

    /// <summary>The command has ended: what is written from now on is not its own. Returns the ends of both streams.</summary>
    internal (long Out, long Error) End()
    {
        Flush();
        _endedAt = Stopwatch.GetTimestamp();
        if (_endedAt - _begunAt >= NoTimeToWrite)
        {
            // Two system calls, which to a command that does nothing are a third of its time.
            _end[0] = Length(0);
            _end[1] = Length(1);
            _printed |= _end[0] > 0;
        }

        _justEnded = true;
        _leftover.IsOpen = true;
        return (_end[0], _end[1]);
    }

    /// <summary>What lies between the last command and now becomes the slave's.</summary>
    internal void TakeOver(int stream)
    {
        var length = Length(stream);
        if (length > _end[stream])
        {
            _leftover.Add(stream, _end[stream], length);
            _end[stream] = length;
        }
    }

    internal int Read(int stream, long position, Span<byte> destination)
    {
        var count = Descriptors.ReadAt(_files[stream].Descriptor, destination, position);
        Settle(stream, position + count);
        return count;
    }

    /// <summary>Output up to here is not needed any more.</summary>
    internal void Settle(int stream, long position)
    {
        _settled[stream] = Math.Max(_settled[stream], position);
        var whole = _settled[stream] & -PunchBytes;
        if (whole > _punched[stream])
        {
            _files[stream].Release(_punched[stream], whole - _punched[stream]);
            _punched[stream] = whole;
        }
    }

    /// <summary>What the shortest of many writes of one byte to such a file takes, in Stopwatch ticks.</summary>
    private static unsafe long ShortestWrite()
    {
        const int Tries = 100;
        var shortest = long.MaxValue;
        byte one = 0;
        using var file = MemoryFile.Create("hpcruntime-scratch", 0);
        for (var i = 0; i < Tries; i++)
        {
            var start = Stopwatch.GetTimestamp();
            file.Write(&one, 1, i);
            shortest = Math.Min(shortest, Stopwatch.GetTimestamp() - start);
        }

        return shortest;
    }

    private void Flush()
    {
        Descriptors.FlushNativeStreams();

        // Whoever never printed has no console writer yet, and asking for one would make it.
        if (_printed)
        {
            Console.Out.Flush();
        }
    }

    /// <summary>Output between commands, and of children that outlived theirs.</summary>
    private sealed class LeftoverOutput(DescriptorCapture capture) : ICommandOutput
    {
        private readonly Queue<(long From, long To)>[] _ranges = [new(), new()];

        /// <summary>While no command runs, what is being written is the slave's.</summary>
        internal bool IsOpen { get; set; } = true;

        public bool Flooded => false;

        public bool HasPending
        {
            get
            {
                TakeOverIfOpen();
                return _ranges[0].Count + _ranges[1].Count > 0;
            }
        }

        public Action? PendingHigh { get; set; }

        public int Take(OutputStream stream, Span<byte> destination)
        {
            TakeOverIfOpen();
            var ranges = _ranges[(int)stream];
            if (!ranges.TryDequeue(out var range))
            {
                return 0;
            }

            var count = capture.Read((int)stream, range.From, destination[..(int)Math.Min(destination.Length, range.To - range.From)]);
            if (count > 0 && range.From + count < range.To)
            {
                // To the front: there is at most one range before the next boundary, so the queue is turned once.
                var behind = ranges.Count;
                ranges.Enqueue((range.From + count, range.To));
                for (; behind > 0; behind--)
                {
                    ranges.Enqueue(ranges.Dequeue());
                }
            }

            return count;
        }

        public void End()
        {
            // The slave's own output ends with the slave.
        }

        internal void Add(int stream, long from, long to) => _ranges[stream].Enqueue((from, to));

        private void TakeOverIfOpen()
        {
            if (capture._justEnded)
            {
                // The ends were read a moment ago. Asking again for them would be two of the four system calls of a short command.
                capture._justEnded = false;
                return;
            }

            if (IsOpen)
            {
                capture.TakeOver(0);
                capture.TakeOver(1);
            }
        }
    }
}

/// <summary>What one command has written: ranges of the two files. Used again for the next command.</summary>
internal sealed class DescriptorOutput(DescriptorCapture capture) : ICommandOutput
{
    private long _limit;
    private Range _out;
    private Range _error;

    public bool Flooded => End(0) - _out.Begin + End(1) - _error.Begin > _limit;

    public bool HasPending => Room(0) > 0 || Room(1) > 0;

    /// <summary>Never called: a descriptor tells nobody that it is written to.</summary>
    public Action? PendingHigh { get; set; }

    internal void Begin(long limit, long outBegin, long errorBegin) => (_limit, _out, _error) = (limit, new Range(outBegin), new Range(errorBegin));

    public int Take(OutputStream stream, Span<byte> destination)
    {
        var i = (int)stream;
        var count = (int)Math.Min(Room(i), destination.Length);
        if (count > 0)
        {
            ref var range = ref RangeOf(i);
            count = capture.Read(i, range.Next, destination[..count]);
            range.Next += count;
        }

        DropBeyondLimit(i);
        return count;
    }

    public void End()
    {
        (_out.End, _error.End) = capture.End();
        DropBeyondLimit(0);
        DropBeyondLimit(1);
    }

    /// <summary>Bytes of a stream that are there to be taken. The files do not tell in which order the two streams were written, so a flood on one
    /// must not cost what little is on the other: each is kept up to the limit.</summary>
    private long Room(int stream) => Math.Min(End(stream), RangeOf(stream).Begin + _limit) - RangeOf(stream).Next;

    /// <summary>What a flood writes beyond its limit is dropped, and its pages are given back.</summary>
    private void DropBeyondLimit(int stream)
    {
        ref var range = ref RangeOf(stream);
        if (range.Next - range.Begin >= _limit)
        {
            capture.Settle(stream, End(stream));
        }
    }

    private long End(int stream)
    {
        var end = RangeOf(stream).End;
        return end >= 0 ? end : capture.Length(stream);
    }

    private ref Range RangeOf(int stream) => ref stream == 0 ? ref _out : ref _error;

    /// <summary>A part of one file.</summary>
    private struct Range(long begin)
    {
        internal readonly long Begin = begin;
        internal long Next = begin;
        internal long End = -1;
    }
}
