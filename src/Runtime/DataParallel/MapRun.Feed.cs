using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.DataParallel;

/// <content>What goes out.</content>
internal sealed partial class MapRun<T, TResult>
{
    /// <summary>Blocks with slaves or on their way to them, for each slave: one at work, one waiting there, one behind it.</summary>
    private const int BlocksPerSlave = 3;

    /// <summary>Blocks of a lazy input that were read and whose results were not taken, for each slave.</summary>
    private const int PiecesPerSlave = 8;

    /// <summary>An input that takes longer for a block is slow.</summary>
    private static readonly TimeSpan SlowInput = TimeSpan.FromMilliseconds(1);

    internal override void Feed() => Feed(FeedUntil.Full, 0);

    internal override void Feed(FeedUntil until, int version)
    {
        if (Interlocked.Increment(ref _feeding) > 1)
        {
            return; // Another thread is at it, and looks once more before it stops.
        }

        int asked;
        do
        {
            asked = Volatile.Read(ref _feeding);
            FeedNow(until, version);
        }
        while (Interlocked.CompareExchange(ref _feeding, 0, asked) != asked);
    }

    private void FeedNow(FeedUntil until, int version)
    {
        try
        {
            var slow = false;
            while (until == FeedUntil.Full || (Version == version && !(until == FeedUntil.Slow && slow)))
            {
                if (TryTakeBlock(out slow) is not { } block)
                {
                    return;
                }

                Send(block);
            }
        }
        catch (Exception thrown)
        {
            // The caller's own input failed, an item cannot travel, or the processor is closed: the consumer gets it.
            Stop(thrown);
        }
    }

    /// <summary>How many items may be read now; 0 for none.</summary>
    private int Room()
    {
        var slaves = Math.Max(1, _processor.SlaveCount);
        lock (_gate)
        {
            if (_stopped is not null || !MaySend(slaves) || _inputEnded)
            {
                return 0;
            }

            var size = _sizer.Next(Input.Count - _nextIndex, Math.Min(slaves, _options.MaxConcurrency ?? slaves));
            if (!IsBounded)
            {
                return size;
            }

            if (_options.Window is { } window)
            {
                return (int)Math.Min(size, Math.Max(0, window - (_nextIndex - _taken)));
            }

            return _out.Count + _again.Count + _pieces >= slaves * PiecesPerSlave ? 0 : size;
        }
    }

    /// <summary>The next block to send out: one that goes out again, else a new one; null when there is none now or no room.</summary>
    /// <param name="slow">Whether the input took its time: what it gives next may do so, too.</param>
    private MapBlock<T>? TryTakeBlock(out bool slow)
    {
        slow = false;
        var slaves = Math.Max(1, _processor.SlaveCount);
        lock (_gate)
        {
            if (_stopped is null && MaySend(slaves) && _again.Count > 0)
            {
                return TakeAgain(slaves);
            }
        }

        var most = Room();
        if (most == 0)
        {
            return null;
        }

        var begun = Stopwatch.GetTimestamp();
        var items = FeedsItself || !IsAsync ? Input.Read(most) : Input.TryRead(most);
        if (items is null)
        {
            return null;
        }

        slow = Stopwatch.GetElapsedTime(begun) > SlowInput;
        lock (_gate)
        {
            if (items.Length == 0)
            {
                _inputEnded = true;
                if (_out.Count == 0 && _again.Count == 0)
                {
                    Close();
                }

                Tell();
                return null;
            }

            if (_stopped is not null)
            {
                return null;
            }

            var block = new MapBlock<T>(_nextIndex, items);
            _nextIndex += items.Length;
            _inputEnded = _nextIndex == Input.Count;
            _out.Add(block);
            return block;
        }
    }

    /// <summary>Sends a block out, or works on it here.</summary>
    private void Send(MapBlock<T> block)
    {
        var slice = block.Alone || _serial ? 0 : _sizer.Slice.Ticks;
        var place = new BlockPlace(block.First, _key, slice, block.Attempts, _options.Label);
        var command = new BlockCommand<T, TResult>(_workName is null ? _work : null, _workName, new Lent<T[]>(block.Items), place, _kindKey);
        if (_serial)
        {
            RunHere(block, command);
            return;
        }

        CommandEntry entry;
        try
        {
            entry = _processor.Make(command, CommandOptionsOf(block), new BlockCompletion<T, TResult>(this, block));
        }
        catch (ObjectDisposedException)
        {
            throw new OperationCanceledException("The processor was closed.");
        }

        block.Entry = entry;
        var bytes = entry.Snapshot!.LongLength;
        foreach (var array in entry.Blocks ?? [])
        {
            bytes += (long)array.ByteCount;
        }

        bool stopped;
        lock (_gate)
        {
            _sizer.ObserveBytes(block.Items.Length, bytes);
            stopped = _stopped is not null;
        }

        _processor.Release(entry);
        if (stopped)
        {
            _processor.CancelEntry(entry, "its map was ended");
        }
    }

    /// <summary>A block of several items has one attempt, so that its items then travel alone: one of them may be what kills slaves.</summary>
    private CommandOptions? CommandOptionsOf(MapBlock<T> block)
    {
        var allowed = _options.MaxAttempts ?? _processor.Options.MaxAttempts;
        var attempts = block.Items.Length > 1 ? 1 : Math.Max(1, allowed - block.Attempts);
        return _options.ForBlock(_label, block.Items.Length, attempts == allowed ? 0 : attempts, _processor.Options.Timeout);
    }

    private bool MaySend(int slaves)
    {
        var most = _processor.RunsInLine || _serial ? 1 : slaves * BlocksPerSlave;
        return _out.Count < Math.Min(most, _options.MaxConcurrency ?? int.MaxValue);
    }

    /// <summary>Under the gate: a piece of the first block that goes out again, small enough for what is known by now.</summary>
    private MapBlock<T> TakeAgain(int slaves)
    {
        var (first, block) = _again.First();
        _again.Remove(first);
        var size = block.Alone ? 1 : Math.Max(1, _sizer.Next(null, slaves));
        if (size < block.Items.Length)
        {
            _again.Add(first + size, block.Part(size, block.Items.Length));
            block = block.Part(0, size);
        }

        _out.Add(block);
        return block;
    }
}
