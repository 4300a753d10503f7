using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <content>What comes home.</content>
internal sealed partial class MapRun<T, TResult>
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _endedItems;
    private long _failedItems; // Of those.

    /// <summary>Whether ended blocks have the map fed on the pool, since its consumer may never ask.</summary>
    internal bool FeedsItself { get; init; }

    /// <summary>Whether its consumer awaits, so that a read must not block.</summary>
    internal bool IsAsync { get; init; }

    /// <summary>A block has ended. Called by whoever drives, with the baton.</summary>
    internal void End(MapBlock<T> block, CommandEntry entry)
    {
        bool over;
        lock (_gate)
        {
            _out.Remove(block);
            ForgetWaiting(block);
            if (_stopped is null)
            {
                if (entry.Status == CommandStatus.Done)
                {
                    var result = (BlockResult<TResult>)entry.Value!;
                    if (result.Values.Length > 0)
                    {
                        _sizer.Observe(result.Values.Length, entry.Duration.TotalSeconds);
                    }

                    TakeResult(block, result, entry);
                }
                else
                {
                    TakeFailure(block, entry);
                }
            }

            over = _out.Count == 0 && (_stopped is not null || (_inputEnded && _again.Count == 0));
            Tell();
        }

        if (over)
        {
            Close();
        }
        else if (FeedsItself && Volatile.Read(ref _waiters) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static map => map.Feed(), this, preferLocal: false);
        }
    }

    private void TakeResult(MapBlock<T> block, BlockResult<TResult> result, ICommandInfo entry)
    {
        if (result.Values.Length > 0)
        {
            Dictionary<long, Exception>? failures = null;
            foreach (var failure in result.Failures ?? [])
            {
                var index = block.First + failure.At;
                var slave = result.Slave!;
                (failures ??= []).Add(index, new SlaveCommandException(new ItemInfo(entry, index, block.Attempts), slave.Name, slave.Host, slave.ProcessId, failure.Chain, entry.Output.ErrorTail()));
            }

            Deliver(new MapPiece<TResult>(block.First, result.Values, failures));
        }

        Pass(block, block.First + result.Values.Length);
        if (result.Values.Length < block.Items.Length)
        {
            _again.Add(block.First + result.Values.Length, block.Part(result.Values.Length, block.Items.Length));
        }
    }

    private void TakeFailure(MapBlock<T> block, CommandEntry entry)
    {
        if (entry.Status == CommandStatus.Cancelled)
        {
            // Not by this map: the whole processor was cancelled or closed.
            _stopped = entry.Error!;
            _again.Clear();
        }
        else if (block.Items.Length > 1)
        {
            _again.Add(block.First, block.OneByOne(entry.Status == CommandStatus.Lost ? entry.Attempts : 0));
        }
        else
        {
            Pass(block, block.First + 1);
            Deliver(new MapPiece<TResult>(block.First, new TResult[1], new Dictionary<long, Exception> { [block.First] = entry.Error! }));
        }
    }

    private void Deliver(MapPiece<TResult> piece)
    {
        _pieces++;
        _failedItems += piece.Failures?.Count ?? 0;
        _endedItems += piece.Values.Length;
        _sink.Take(piece);
    }

    /// <summary>How many items stand where.</summary>
    private WorkProgress CountProgress()
    {
        lock (_gate)
        {
            var total = Input.Count ?? _nextIndex;
            var running = _stopped is null ? _out.Sum(block => (long)block.Items.Length) : 0;
            var cancelled = _stopped is null ? 0 : total - _endedItems;
            return new WorkProgress(total, Input.Count is not null || _inputEnded || _stopped is not null, _endedItems - _failedItems, _failedItems, cancelled, running, Stopwatch.GetElapsedTime(_began));
        }
    }

    /// <summary>Works on a block on this thread: on copies, as a slave would.</summary>
    private void RunHere(MapBlock<T> block, BlockCommand<T, TResult> command)
    {
        bool over;
        var slave = new MasterContext(_processor);
        var result = _processor.Copy(_processor.Copy(command, out _).Run(slave), out _);
        lock (_gate)
        {
            _out.Remove(block);
            TakeResult(block, result, new MasterCommandInfo(_label));
            over = _inputEnded && _again.Count == 0;
            Tell();
        }

        if (over)
        {
            Close();
        }
    }
}
