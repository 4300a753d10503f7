using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>One <c>RunQueue</c>: its commands, what has come home and waits to be applied, and its failures. Thread-safe: whoever drives the loop fills it,
/// the thread that runs the queue empties it, any thread may cancel it.</summary>
internal sealed class QueueRun(long number)
{
    private readonly object _gate = new(); // Guards all fields but the volatile ones.
    private readonly ArrayDeque<CommandEntry> _ready = new(64);
    private readonly List<Exception> _failures = [];
    private long _outstanding;
    private long _deadline = long.MaxValue;
    private bool _handlerFailed;
    private int _waiting;
    private volatile string? _cancelReason;
    private volatile bool _stopping;

    internal long Number { get; } = number;

    /// <summary>The place of the next command. Touched by the holder of the baton only.</summary>
    internal long NextIndex { get; set; }

    /// <summary>What reading the lazy input threw. Touched by the thread that runs the queue only.</summary>
    internal ExceptionDispatchInfo? SourceError { get; set; }

    /// <summary>True once its commands were told to stop. Touched by the holder of the baton only.</summary>
    internal bool Stopped { get; set; }

    /// <summary>True once nothing more is handed out.</summary>
    internal bool Stopping
    {
        get => _stopping;
        set => _stopping = value;
    }

    /// <summary>Why it was cancelled from outside; null when it was not.</summary>
    internal string? CancelReason => _cancelReason;

    /// <summary>In the order in which they were noticed. Read once the run is over.</summary>
    internal IReadOnlyList<Exception> Failures => _failures;

    /// <summary>Commands that have not ended.</summary>
    internal long Outstanding
    {
        get
        {
            lock (_gate)
            {
                return _outstanding;
            }
        }
    }

    /// <summary>True when there is something to apply, or nothing left to wait for.</summary>
    internal bool HasNews
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count > 0 || _outstanding == 0;
            }
        }
    }

    /// <summary>A command has joined the run.</summary>
    internal void Begin()
    {
        lock (_gate)
        {
            _outstanding++;
        }
    }

    /// <summary>A command of the run has ended: with something to apply, with a failure, or with neither.</summary>
    internal void End(CommandEntry? toApply, Exception? failure)
    {
        lock (_gate)
        {
            _outstanding--;
            if (toApply is not null)
            {
                _ready.AddLast(toApply);
            }

            if (failure is not null)
            {
                _failures.Add(failure);
            }

            if (_waiting > 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Moves what is to be applied to <paramref name="ready"/>. True when nothing of the run is left.</summary>
    internal bool TakeReady(ArrayDeque<CommandEntry> ready)
    {
        lock (_gate)
        {
            while (_ready.Count > 0)
            {
                ready.AddLast(_ready.RemoveFirst());
            }

            return _outstanding == 0 && ready.Count == 0;
        }
    }

    /// <summary>Cancels the run; <paramref name="deadline"/> is when it returns even though commands still run.</summary>
    internal void Cancel(string reason, long deadline)
    {
        lock (_gate)
        {
            _deadline = Math.Min(_deadline, deadline);
            _cancelReason ??= reason;
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
    }

    internal bool IsOverdue(long now)
    {
        lock (_gate)
        {
            return _cancelReason is not null && now > _deadline;
        }
    }

    /// <summary>Books what a result command threw.</summary>
    internal void AddHandlerError(Exception error)
    {
        lock (_gate)
        {
            _handlerFailed = true;
            _failures.Add(error);
        }
    }

    internal bool HandlerFailed(ErrorPolicy policy)
    {
        lock (_gate)
        {
            return _handlerFailed && policy == ErrorPolicy.FailFast;
        }
    }

    /// <summary>Waits while another thread drives, until there is news.</summary>
    internal void WaitForNews(TimeSpan most)
    {
        lock (_gate)
        {
            _waiting++;
            if (_ready.Count == 0 && _outstanding > 0)
            {
                Monitor.Wait(_gate, most);
            }

            _waiting--;
        }
    }
}
