using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>The line between one execution of a command and the master, on the slave: what was granted, and what was received. Thread-safe.</summary>
internal sealed class SlaveLine
{
    private readonly SlaveContext _context;
    private readonly object _gate = new(); // Guards all below; pulsed when something arrives.
    private readonly Dictionary<long, bool> _answers = []; // By question: granted, or told to give way.
    private readonly HashSet<string> _held = [];
    private long _questions;
    private TaskCompletionSource? _news;

    private SlaveLine(SlaveContext context) => _context = context;

    private readonly Queue<object?> _received = new(); // What the other end of a conversation or stream has said.
    private TakenCount _taken;
    private bool _counts;
    private int _untaken; // Values that were sent since this end began to count, and that the other end has not taken.

    /// <summary>Whether anything waits to be taken. Under the gate.</summary>
    internal bool HasReceived => _received.Count > 0;

    /// <summary>True once the other end says nothing more.</summary>
    internal bool OtherEndClosed { get; private set; }

    /// <summary>Values that the consumer of a stream has room for.</summary>
    internal int Credits { get; private set; }

    internal object Gate => _gate;

    /// <summary>The execution behind a context; null where the calling thread of a map works itself.</summary>
    internal static SlaveContext? ContextOf(ISlaveContext slave) => Unwrap(slave) as SlaveContext;

    /// <summary>The context of the command or block that an item belongs to.</summary>
    internal static ISlaveContext Unwrap(ISlaveContext slave)
    {
        while (slave is ItemContext item)
        {
            slave = item.Block;
        }

        return slave;
    }

    internal static SlaveLine Of(SlaveContext context)
    {
        lock (context)
        {
            return (SlaveLine)(context.Attachment ??= new SlaveLine(context));
        }
    }

    internal void Say(CommandWord word) => _context.Slave.Say(_context, word);

    /// <summary>Asks the master for something and waits: true when it was granted, false when this command is to give way.</summary>
    /// <exception cref="OperationCanceledException">The command was asked to stop meanwhile; what was asked for is to be given back.</exception>
    internal bool Ask(Func<long, CommandWord> question)
    {
        var number = Interlocked.Increment(ref _questions);
        Say(question(number));
        var granted = false;
        WaitUntil(() =>
        {
            lock (_gate)
            {
                return _answers.Remove(number, out granted);
            }
        });
        return granted;
    }

    /// <summary>Waits until <paramref name="done"/>; throws when the command is asked to stop.</summary>
    internal void WaitUntil(Func<bool> done)
    {
        var isDone = false;
        _context.Slave.WaitInCommand(_context, _gate, () => isDone = isDone || done());
        if (!isDone && !done())
        {
            throw new OperationCanceledException("The command was asked to stop while it waited.", _context.Cancellation);
        }
    }

    internal bool Holds(string name)
    {
        lock (_gate)
        {
            return _held.Contains(name);
        }
    }

    internal void Hold(string name, bool held)
    {
        lock (_gate)
        {
            _ = held ? _held.Add(name) : _held.Remove(name);
        }
    }

    internal void Answer(long question, bool granted) => Change(() => _answers[question] = granted);

    internal void Receive(object? value, bool counted) => Change(() =>
    {
        _received.Enqueue(value);
        _taken.Receive(counted);
    });

    /// <summary>Takes what was received first. Whatever is to be told of it is said afterwards, with <see cref="SayTaken"/>, where this thread does not hold the slave.</summary>
    internal bool TryTake(out object? value, ref int told)
    {
        lock (_gate)
        {
            var any = _received.TryDequeue(out value);
            told += any ? _taken.Take(_received.Count) : 0;
            return any;
        }
    }

    internal void SayTaken(int told)
    {
        if (told > 0)
        {
            Say(new TakenWord(told));
        }
    }

    internal void HearTaken(int count) => Change(() => _untaken -= count);

    /// <summary>Whether fewer than <paramref name="window"/> values wait at the other end. From now on values are counted.</summary>
    internal bool HasRoom(int window)
    {
        lock (_gate)
        {
            _counts = true;
            return _untaken < window;
        }
    }

    internal void SayValue(object? value)
    {
        bool counted;
        lock (_gate)
        {
            counted = _counts;
        }

        Say(new ValueWord(value, counted)); // First: what cannot travel takes no room.
        lock (_gate)
        {
            _untaken += counted ? 1 : 0;
        }
    }

    internal void CloseOtherEnd() => Change(() => OtherEndClosed = true);

    internal void AddCredits(int count) => Change(() => Credits += count);

    /// <summary>Ends when something has changed that this thread, under the gate, did not find.</summary>
    internal Task News() => (_news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    internal bool TryTakeCredit()
    {
        lock (_gate)
        {
            return Credits > 0 && Credits-- > 0;
        }
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            Monitor.PulseAll(_gate);
            _news?.SetResult();
            _news = null;
        }
    }
}

/// <summary>Answers a question of a running command.</summary>
internal sealed class AnswerWord(long question, bool granted) : MasterWord
{
    internal override void Arrive(SlaveContext slave) => SlaveLine.Of(slave).Answer(question, granted);
}
