using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Output;
using HpcRuntime.Wire;

namespace HpcRuntime.Conformance.Run.Scripted;

/// <summary>One incarnation of a slave: its loop, stepped by the fabric, and what is under way to and from it.</summary>
internal sealed class ScriptedSlave(int rank, int incarnation, Func<int> size, Action wake) : IDisposable
{
    /// <summary>The first byte of a message that brings commands. A fabric need not know it; a script that wants to hit a slave with commands does.</summary>
    private const byte CommandsVerb = 2;

    // Shared, under the gate: while a command runs, a watchdog sends and receives for its slave from another thread.
    private readonly Lock _gate = new();
    private readonly Queue<Message> _inbox = new();
    private readonly Queue<Message> _outbox = new();
    private readonly ConsoleCapture _capture = new();
    private bool _cutOff;

    // Driven by the holder of the baton only.
    private IRank? _loop;
    private int _steps;

    internal int Rank => rank;

    internal int Incarnation => incarnation;

    /// <summary>True once the loop has ended.</summary>
    internal bool HasLeft { get; private set; }

    internal bool HasMail => Count(_outbox) > 0;

    internal bool HasWork => !HasLeft && (_loop is null || Count(_inbox) > 0);

    /// <summary>What the next step is about.</summary>
    internal ScriptedStep Next
    {
        get
        {
            lock (_gate)
            {
                return new ScriptedStep(rank, incarnation, _steps + 1, _inbox.Any(message => message.Buffer[message.Offset] == CommandsVerb));
            }
        }
    }

    internal void Deliver(Message message)
    {
        lock (_gate)
        {
            if (!_cutOff)
            {
                _inbox.Enqueue(message);
            }
        }
    }

    internal Message TakeMail()
    {
        lock (_gate)
        {
            return _outbox.Dequeue();
        }
    }

    internal void Step(RankEntry entry)
    {
        _steps++;
        _loop ??= entry(new RankSetting(new SlaveEnd(this), _capture));
        HasLeft = !_loop.Step();
    }

    /// <summary>Ends this incarnation: nothing reaches it any more. What it had sent is handed back.</summary>
    internal Message[] CutOff()
    {
        Message[] sent;
        lock (_gate)
        {
            _cutOff = true;
            sent = [.. _outbox];
            _outbox.Clear();
            _inbox.Clear();
        }

        if (_loop is not null && !HasLeft)
        {
            HasLeft = !_loop.Step(); // It sees that the master is gone and leaves.
        }

        return sent;
    }

    public void Dispose() => _capture.Dispose();

    private int Count(Queue<Message> queue)
    {
        lock (_gate)
        {
            return queue.Count;
        }
    }

    private sealed class SlaveEnd(ScriptedSlave slave) : Communicator
    {
        public override int Rank => slave.Rank;

        public override int Size => slave.WorldSize;

        public override void Send(int destination, ReadOnlySpan<byte> head, ReadOnlySpan<WireBlock> blocks)
        {
            lock (slave._gate)
            {
                if (!slave._cutOff)
                {
                    slave._outbox.Enqueue(new ScriptedMessage(head, blocks));
                }
            }

            slave.Notify();
        }

        public override Arrival Wait(TimeSpan timeout)
        {
            lock (slave._gate)
            {
                return slave._cutOff ? new Arrival(ArrivalKind.RankLost, 0, 1, null, new RankLoss("cut off by the script"))
                    : slave._inbox.TryDequeue(out var message) ? new Arrival(ArrivalKind.Message, 0, 1, message)
                    : new Arrival(ArrivalKind.Deadline);
            }
        }

        public override void Wake()
        {
        }

        public override void Dispose()
        {
        }
    }

    private int WorldSize => size();

    private void Notify() => wake();
}

/// <summary>A slave is about to handle what has arrived.</summary>
/// <param name="Rank">Its rank.</param>
/// <param name="Incarnation">Which holder of the seat.</param>
/// <param name="Number">Its first step is the greeting, its second the master's welcome.</param>
/// <param name="HasCommands">Whether commands are among what waits for it.</param>
internal sealed record ScriptedStep(int Rank, int Incarnation, int Number, bool HasCommands);

/// <summary>What becomes of a slave in a step.</summary>
internal enum Fate
{
    /// <summary>It goes on.</summary>
    Live,

    /// <summary>It is lost before it did anything.</summary>
    LoseBefore,

    /// <summary>It does its work and is lost before the master hears of it.</summary>
    LoseAfter,

    /// <summary>As <see cref="LoseAfter"/>, but what it had sent arrives late, after its successor has joined.</summary>
    LoseAndSendLate,
}
