using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Several conversations at once: waits for whichever command speaks next. Any thread may start; one at a time receives. Disposing it cancels those that have not ended.</summary>
/// <typeparam name="TSend">What the master sends.</typeparam>
/// <typeparam name="TReceive">What the commands send.</typeparam>
public sealed class Conversations<TSend, TReceive>(Processor processor) : IDisposable
{
    private readonly object _gate = new(); // Guards the two below; pulsed when any of them has something new.
    private readonly List<Conversation<TSend, TReceive>> _all = [];
    private int _version;

    /// <summary>Conversations whose command has not ended, or that have not been heard out.</summary>
    public int Unfinished => Snapshot().Count(one => !(one.HasEnded && one.Line.IsOver));

    /// <summary>Whether at least as many commands as there are slaves have not ended, so that one more would wait.</summary>
    public bool Busy => Snapshot().Count(one => !one.HasEnded) >= processor.SlaveCount;

    /// <summary>Starts one more.</summary>
    /// <inheritdoc cref="ProcessorConversations.Converse{TSend, TReceive}(Processor, Func{CommandChannel{TSend, TReceive}, Task}, FutureOptions, CancellationToken)"/>
    public Conversation<TSend, TReceive> Start(Func<CommandChannel<TSend, TReceive>, Task> converse, FutureOptions? options = null, CancellationToken cancellation = default)
    {
        var started = processor.Converse(converse, options, cancellation);
        lock (_gate)
        {
            _all.Add(started);
        }

        lock (started.Line.Gate)
        {
            started.Line.Changed = Tell;
        }

        Tell(); // It may have spoken before anybody listened.
        return started;
    }

    /// <summary>Waits for whichever speaks next, or for the deadline.</summary>
    /// <param name="timeout">How long to wait; null for as long as any conversation is unfinished.</param>
    /// <param name="speaker">Who spoke; null when time was up or no conversation is unfinished.</param>
    /// <param name="value">What it said.</param>
    /// <returns>Whether anyone spoke.</returns>
    /// <exception cref="Commands.SlaveCommandException">A command failed: told once, after what it said before. Likewise <see cref="Commands.SlaveLostException"/> and <see cref="Commands.CommandTimeoutException"/>.</exception>
    public bool TryReceive(TimeSpan? timeout, out Conversation<TSend, TReceive>? speaker, out TReceive? value)
    {
        var deadline = timeout is { } most ? Environment.TickCount64 + (long)most.TotalMilliseconds : long.MaxValue;
        while (true)
        {
            var version = Volatile.Read(ref _version);
            foreach (var one in Snapshot())
            {
                if (one.TryReceive(out value))
                {
                    speaker = one;
                    return true;
                }

                if (one.HasEnded && one.Line.IsOver)
                {
                    Remove(one);
                    one.Wait(); // Throws what it failed with.
                }
            }

            (speaker, value) = (null, default);
            if (Snapshot().Count == 0 || !WaitForNews(version, deadline))
            {
                return false;
            }
        }
    }

    /// <summary>Cancels those that have not ended.</summary>
    public void Dispose() => Snapshot().ForEach(one => one.Dispose());

    private List<Conversation<TSend, TReceive>> Snapshot()
    {
        lock (_gate)
        {
            return [.. _all];
        }
    }

    private void Remove(Conversation<TSend, TReceive> one)
    {
        lock (_gate)
        {
            _all.Remove(one);
        }
    }

    private void Tell()
    {
        lock (_gate)
        {
            _version++;
            Monitor.PulseAll(_gate);
        }
    }

    private bool WaitForNews(int version, long deadline)
    {
        lock (_gate)
        {
            while (_version == version)
            {
                var left = deadline == long.MaxValue ? 1000 : deadline - Environment.TickCount64;
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Min(left, 1000)));
            }

            return true;
        }
    }
}
