using System;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>What maps need: commands whose end is told to the floor above, and a thread that drives until it has what it waits for.</content>
public sealed partial class Processor
{
    /// <summary>Whether slaves run on the master's own thread, one command at a time.</summary>
    internal bool RunsInLine => _fabric.Traits.InLine;

    /// <summary>The key below which the items of a run have their random streams.</summary>
    internal RandomKey KeyOfRun(long run) => RandomKey.OfRun(Options.Seed, run);

    /// <summary>Makes a command that takes no place among the submissions: how many of them there are may depend on time. It is handed out by <see cref="Release"/>.</summary>
    internal CommandEntry Make(SlaveCommand command, CommandOptions? options, Completion completion)
    {
        ThrowIfUnusable("Map");
        return MakeEntry(command, completion, options, stage: false);
    }

    /// <summary>A copy of <paramref name="value"/> made as a slave would make it.</summary>
    /// <param name="value">Anything that can travel.</param>
    /// <param name="bytes">What it takes on its way.</param>
    /// <exception cref="WireTypeException">Something in it cannot travel.</exception>
    internal T Copy<T>(T value, out long bytes)
    {
        ThrowIfUnusable("Map");
        return CopyWord(value, out bytes);
    }

    /// <summary>The same for words, which in line are said inside a command.</summary>
    private T CopyWord<T>(T value, out long bytes)
    {
        lock (_queueGate)
        {
            _snapshots.Clear();
            _serializer.Write(_snapshots, value);
            bytes = _snapshots.Position;
            foreach (var block in _snapshots.Blocks)
            {
                bytes += (long)block.ByteCount;
            }

            return (T)Decode(_snapshots.WrittenSpan.ToArray(), _snapshots.Blocks.ToArray())!;
        }
    }

    /// <summary>Removes a value that the floor above sent; nothing happens where the processor is closed.</summary>
    internal void DropData(string name)
    {
        if (!_disposed && !_aborted)
        {
            PutData(name, false, null);
        }
    }

    /// <summary>Drives on this thread until <paramref name="done"/>, which looks at what completions have brought about, or waits while another thread does.</summary>
    /// <param name="done">Asked between steps.</param>
    /// <param name="wait">Waits, for at most the time it is given, until what <paramref name="done"/> looks at has changed.</param>
    internal void DriveUntil(Func<bool> done, Action<TimeSpan> wait)
    {
        while (!done())
        {
            ThrowIfFaulted();
            if (!_baton.TryEnter())
            {
                // Another caller drives; when it stops, the pump or this thread goes on.
                wait(TimeSpan.FromMilliseconds(10));
                continue;
            }

            try
            {
                _loop.Turn();
                while (!done())
                {
                    _loop.Step(Timeout.InfiniteTimeSpan);
                }
            }
            catch (Exception fault)
            {
                Fail(fault);
                throw;
            }
            finally
            {
                _baton.Exit();
            }
        }
    }

    /// <summary>Has whoever drives look at what it waits for. From any thread.</summary>
    internal void Wake() => _communicator.Wake();
}
