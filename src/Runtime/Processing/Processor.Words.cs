using System;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>Words for running commands.</content>
public sealed partial class Processor
{
    /// <summary>Told the rank of a slave that is gone, whatever it held. By whoever drives: short.</summary>
    internal event Action<int> SlaveLeft
    {
        add => _loop.SlaveLeft += value;
        remove => _loop.SlaveLeft -= value;
    }

    /// <summary>Says something to a command that runs; nothing happens when it has ended, or is in another attempt. From any thread; words of one thread arrive in order.</summary>
    /// <exception cref="WireTypeException">Something in the word cannot travel.</exception>
    internal void Tell(CommandEntry entry, MasterWord word)
    {
        if (_fabric.Traits.InLine)
        {
            var copy = CopyWord(word, out _);
            lock (_inLineSlaves)
            {
                _inLineSlaves.ForEach(slave => slave.HearFromOutside(entry.Id, copy));
            }

            return;
        }

        lock (_queueGate)
        {
            _snapshots.Clear();
            _serializer.Write(_snapshots, word);
            var bytes = _snapshots.WrittenSpan.ToArray();
            WireBlock[] blocks = _snapshots.BlockCount == 0 ? [] : _snapshots.Blocks.ToArray();
            var attempt = entry.Attempts;
            _loop.Post(loop => loop.Tell(entry, attempt, bytes, blocks)); // Inside the lock, so that words keep their order.
        }
    }
}
