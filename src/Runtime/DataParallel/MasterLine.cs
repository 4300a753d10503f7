using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>The master's end of a line to one running command: what that has said, and how it ended. Thread-safe.</summary>
internal sealed class MasterLine(Processor processor) : Completion
{
    private readonly Queue<object?> _received = new(); // Guarded, like all below, by the gate.
    private readonly List<MasterWord> _early = [];     // For a command that has not begun.
    private TaskCompletionSource? _news;
    private bool _isOpen;
    private TakenCount _taken;
    private bool _counts;
    private int _untaken; // Values that were sent since this end began to count, and that the other end has not taken.
    private bool _otherEndClosed;
    private bool _ended;
    private int _version;

    internal object Gate { get; } = new();

    internal int Version => Volatile.Read(ref _version);

    internal CommandEntry Entry { get; private set; } = null!;

    /// <summary>Called, with the gate held, when something has changed: short.</summary>
    internal Action? Changed { get; set; }

    /// <summary>True once the command has ended and was heard out, or has closed its end.</summary>
    internal bool IsOver
    {
        get
        {
            lock (Gate)
            {
                return _received.Count == 0 && (_ended || _otherEndClosed);
            }
        }
    }

    internal bool HasEnded
    {
        get
        {
            lock (Gate)
            {
                return _ended;
            }
        }
    }

    /// <summary>Makes the command and hands it out. A lost slave ends it, since what was said cannot be said again.</summary>
    internal void Start(SlaveCommand command, FutureOptions? options, CancellationToken cancellation)
    {
        var settings = (options ?? new FutureOptions()) with { MaxAttempts = options?.MaxAttempts ?? 1 };
        Entry = processor.Make(command, settings.ForCommand(), this);
        Entry.RandomKey = processor.KeyOfRun(processor.TakeRunNumber()).Child(0);
        processor.Release(Entry);
        if (cancellation.CanBeCanceled)
        {
            var registration = cancellation.UnsafeRegister(_ => processor.CancelEntry(Entry), null);
            lock (Gate)
            {
                _registration = registration;
            }
        }
    }

    private CancellationTokenRegistration _registration;

    internal override void Complete(CommandEntry entry)
    {
        lock (Gate)
        {
            _ended = true;
            _registration.Unregister();
            Tell();
        }
    }

    internal void Hear(object? value, bool counted)
    {
        lock (Gate)
        {
            _received.Enqueue(value);
            _taken.Receive(counted);
            Tell();
        }
    }

    /// <summary>The other end has taken values.</summary>
    internal void HearTaken(int count)
    {
        lock (Gate)
        {
            _untaken -= count;
            Tell();
        }
    }

    /// <summary>Says a value if fewer than <paramref name="window"/> wait at the other end; from then on values are counted.</summary>
    internal bool TrySay(object? value, int window)
    {
        lock (Gate)
        {
            _counts = true;
            if (_untaken >= window)
            {
                return false;
            }

            SayValue(value);
            return true;
        }
    }

    /// <summary>Says a value, whatever waits at the other end.</summary>
    internal void SayValue(object? value)
    {
        lock (Gate)
        {
            Say(new MasterValueWord(value, _counts));
            _untaken += _counts ? 1 : 0;
        }
    }

    internal void CloseOtherEnd()
    {
        lock (Gate)
        {
            _otherEndClosed = true;
            Tell();
        }
    }

    /// <summary>The command has begun: it hears what was said before.</summary>
    internal void Open()
    {
        lock (Gate)
        {
            if (_isOpen)
            {
                // Another attempt: what the former had not taken is gone with it, and nobody counts what it sent.
                _untaken = 0;
                _taken = default;
                for (var i = 0; i < _received.Count; i++)
                {
                    _taken.Receive(counted: false);
                }

                Tell();
            }

            _isOpen = true;
            foreach (var word in _early)
            {
                processor.Tell(Entry, word);
            }

            _early.Clear();
        }
    }

    /// <summary>Says something to the command, as soon as it has begun.</summary>
    internal void Say(MasterWord word)
    {
        lock (Gate)
        {
            if (_isOpen)
            {
                processor.Tell(Entry, word);
            }
            else if (!_ended)
            {
                _early.Add((MasterWord)processor.Copy<object>(word, out _)); // What cannot travel is refused now, and later changes are not seen.
            }
        }
    }

    internal bool TryTake(out object? value)
    {
        lock (Gate)
        {
            var any = _received.TryDequeue(out value);
            if (any && _taken.Take(_received.Count) is > 0 and var told && !_ended)
            {
                processor.Tell(Entry, new MasterTakenWord(told));
            }

            return any;
        }
    }

    internal void Cancel() => processor.CancelEntry(Entry, "its line was left");

    /// <summary>Waits on this thread until something has changed since <paramref name="version"/> was looked at, or time is up: false.</summary>
    internal bool WaitForNews(int version, TimeSpan timeout)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        while (Version == version)
        {
            // Never driving: in line the command would run on this very thread, and wait for what this thread says.
            var left = deadline == long.MaxValue ? 100 : Math.Min(100, deadline - Environment.TickCount64);
            if (left <= 0)
            {
                return false;
            }

            lock (Gate)
            {
                if (_version == version)
                {
                    Monitor.Wait(Gate, TimeSpan.FromMilliseconds(left));
                }
            }
        }

        return true;
    }

    internal Task NewsAsync(int version)
    {
        lock (Gate)
        {
            return _version != version ? Task.CompletedTask : (_news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void Tell()
    {
        _version++;
        Monitor.PulseAll(Gate);
        _news?.SetResult();
        _news = null;
        Changed?.Invoke();
    }
}

/// <summary>A value for the other end.</summary>
internal sealed class ValueWord(object? value, bool counted) : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => (entry.Memo as MasterLine)?.Hear(value, counted);
}

/// <summary>The command has taken values that the master counts.</summary>
internal sealed class TakenWord(int count) : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => (entry.Memo as MasterLine)?.HearTaken(count);
}

/// <summary>The command has begun and hears.</summary>
internal sealed class OpenWord : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => (entry.Memo as MasterLine)?.Open();
}

/// <summary>The command says nothing more.</summary>
internal sealed class CloseWord : CommandWord
{
    internal override void Arrive(Processor processor, CommandEntry entry) => (entry.Memo as MasterLine)?.CloseOtherEnd();
}

/// <summary>A value for the command.</summary>
internal sealed class MasterValueWord(object? value, bool counted) : MasterWord
{
    internal override void Arrive(SlaveContext slave) => SlaveLine.Of(slave).Receive(value, counted);
}

/// <summary>The master has taken values that the command counts.</summary>
internal sealed class MasterTakenWord(int count) : MasterWord
{
    internal override void Arrive(SlaveContext slave) => SlaveLine.Of(slave).HearTaken(count);
}

/// <summary>The master says nothing more.</summary>
internal sealed class MasterCloseWord : MasterWord
{
    internal override void Arrive(SlaveContext slave) => SlaveLine.Of(slave).CloseOtherEnd();
}

/// <summary>The consumer of a stream has room for more values.</summary>
internal sealed class CreditWord(int count) : MasterWord
{
    internal override void Arrive(SlaveContext slave) => SlaveLine.Of(slave).AddCredits(count);
}
