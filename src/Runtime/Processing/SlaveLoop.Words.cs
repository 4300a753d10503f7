using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Fabrics;
using HpcRuntime.Wire;

namespace HpcRuntime.Processing;

/// <content>What the running command and the master say to each other.</content>
internal sealed partial class SlaveLoop
{
    /// <summary>How long a waiting command's thread sits at the communicator before it looks after the command as the watchdog would.</summary>
    private static readonly TimeSpan Sitting = TimeSpan.FromMilliseconds(2);

    private WireReader? _wordReader;

    /// <summary>Takes what a command says past the communicator, where the master is inside this slave's own wait; null where it is not.</summary>
    internal Action<int, long, CommandWord>? InLineWord { get; set; }

    /// <summary>Values that live with this slave across commands.</summary>
    internal ConcurrentDictionary<(Type Type, string Name), object?> Locals { get; } = new();

    /// <summary>Says something to the master. On any thread of the running command; nothing happens once that has ended.</summary>
    /// <exception cref="WireTypeException">Something in the word cannot travel.</exception>
    internal void Say(SlaveContext context, CommandWord word)
    {
        if (InLineWord is { } hear)
        {
            hear(Rank, context.Header.Id, word);
            return;
        }

        if (!EnterGateOf(context))
        {
            return;
        }

        try
        {
            _value.Clear();
            _serializer.Write(_value, word);
            FlushResults(); // What ended before goes first.
            Begin(SlaveVerb.Word);
            _message.WriteVarUInt((ulong)context.Header.Id);
            _message.WriteVarUInt((ulong)context.Header.Attempt);
            _message.WriteVarUInt((ulong)_value.Position);
            _message.WriteBytes(_value.WrittenSpan);
            _message.AppendBlocks(_value.Blocks);
            Send();
        }
        finally
        {
            OpenGate();
        }
    }

    /// <summary>Waits on a thread of the running command until <paramref name="done"/>, taking arrivals meanwhile so that words are heard at once. Comes back early when the command is asked to stop.</summary>
    internal void WaitInCommand(SlaveContext context, object pulse, Func<bool> done)
    {
        while (!done() && context.StopReason == StopReason.None)
        {
            if (InLineWord is not null)
            {
                lock (pulse)
                {
                    if (!done())
                    {
                        Monitor.Wait(pulse, Sitting);
                    }
                }

                continue;
            }

            if (!EnterGateOf(context))
            {
                return;
            }

            try
            {
                Sit(context, done);
            }
            finally
            {
                OpenGate();
            }
        }
    }

    /// <summary>Hands a word to the running command, from a thread that does not drive this slave; for slaves that run in line.</summary>
    internal void HearFromOutside(long id, MasterWord word)
    {
        if (Volatile.Read(ref _running) is { } running && running.Header.Id == id)
        {
            word.Arrive(running);
        }
    }

    private void Sit(SlaveContext context, Func<bool> done)
    {
        var arrival = _communicator.Wait(Sitting);
        while (arrival.Kind != ArrivalKind.Deadline)
        {
            Handle(arrival);
            if (_exit || done())
            {
                return;
            }

            arrival = _communicator.Wait(TimeSpan.Zero);
        }

        LookAfter(context, Stopwatch.GetTimestamp());
    }

    private bool EnterGateOf(SlaveContext context)
    {
        var spin = default(SpinWait);
        while (Interlocked.CompareExchange(ref _gate, 1, 0) != 0)
        {
            if (Volatile.Read(ref _running) != context)
            {
                return false;
            }

            spin.SpinOnce(sleep1Threshold: 20);
        }

        if (_running == context)
        {
            return true;
        }

        OpenGate();
        return false;
    }

    private void TakeWord(Message message)
    {
        var id = (long)_reader.ReadVarUInt();
        var attempt = (int)_reader.ReadVarUInt();
        var length = checked((int)_reader.ReadVarUInt());
        if (_running is not { } running || running.Header.Id != id || running.Header.Attempt != attempt)
        {
            return; // It has ended meanwhile.
        }

        _wordReader ??= new WireReader(_masterTypes);
        _wordReader.Reset(message.Buffer, message.Offset + _reader.Position, length, message.Blocks);
        var word = _serializer.Read(_wordReader) as MasterWord ?? throw new WireFormatException($"Rank {Rank} received something else than a word for command {id}.");
        Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
        word.Arrive(running);
    }
}
