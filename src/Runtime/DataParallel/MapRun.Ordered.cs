using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <content>Ordered sections: an item may enter once every item before it has passed. All under the gate.</content>
internal sealed partial class MapRun<T, TResult>
{
    private const int CheckMilliseconds = 50;

    private readonly Dictionary<long, long> _passed = []; // Items that have passed beyond the frontier: from, to.
    private readonly SortedDictionary<long, (MapBlock<T> Block, long Question)> _waiting = [];
    private long _frontier; // All items before it have passed.
    private Timer? _check;  // While anybody waits.

    internal void EnterOrdered(MapBlock<T> block, long index, long question)
    {
        lock (_gate)
        {
            Pass(block, index);
            if (index <= _frontier)
            {
                _processor.Tell(block.Entry!, new AnswerWord(question, true));
            }
            else if (_processor.RunsInLine)
            {
                _processor.Tell(block.Entry!, new AnswerWord(question, false)); // Nobody else runs meanwhile.
            }
            else
            {
                _waiting[index] = (block, question);
                _check ??= new Timer(_ => MakeWay(), null, CheckMilliseconds, CheckMilliseconds);
            }
        }
    }

    internal void LeaveOrdered(MapBlock<T> block, long index)
    {
        lock (_gate)
        {
            Pass(block, index + 1);
        }
    }

    /// <summary>The items of a block before <paramref name="to"/> have left their section, or never enter it.</summary>
    private void Pass(MapBlock<T> block, long to)
    {
        if (to <= block.PassedTo)
        {
            return;
        }

        _passed.Add(block.PassedTo, to);
        block.PassedTo = to;
        while (_passed.Remove(_frontier, out var end))
        {
            _frontier = end;
        }

        while (_waiting.Count > 0 && _waiting.First() is var (index, (next, question)) && index <= _frontier)
        {
            _waiting.Remove(index);
            _processor.Tell(next.Entry!, new AnswerWord(question, true));
        }
    }

    private void ForgetWaiting(MapBlock<T> block)
    {
        if (_waiting.Count > 0)
        {
            foreach (var index in _waiting.Where(one => one.Value.Block == block).Select(one => one.Key).ToList())
            {
                _waiting.Remove(index);
            }
        }
    }

    /// <summary>Looks whether the item that all wait for can run. After the loss of a slave it may stand behind those that wait for it: then one of them gives way.</summary>
    private void MakeWay()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _check?.Dispose();
                _check = null;
                return;
            }

            var lowest = _out.FirstOrDefault(block => block.First <= _frontier && _frontier < block.First + block.Items.Length);
            var stuck = lowest?.Entry is { Status: CommandStatus.Sent } entry
                ? _waiting.Where(one => one.Value.Block != lowest && one.Value.Block.Entry!.Rank == entry.Rank).ToList()
                : [.. _waiting.TakeLast(1)];
            foreach (var (index, (block, question)) in stuck)
            {
                _waiting.Remove(index);
                _processor.Tell(block.Entry!, new AnswerWord(question, false));
            }
        }
    }
}
