using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>One <c>RunQueue</c>: its commands, what has come home and waits to be applied, and its failures. Driven by the holder of the baton
/// but for cancelling, which any thread may do.</summary>
internal sealed class QueueRun(long number)
{
    private readonly object _changed = new();
    private long _deadline = long.MaxValue;
    private bool _handlerFailed;
    private volatile string? _cancelReason;
    private volatile bool _stopping;

    internal long Number { get; } = number;

    /// <summary>The place of the next command.</summary>
    internal long NextIndex { get; set; }

    /// <summary>Commands that have not ended.</summary>
    internal long Outstanding { get; set; }

    /// <summary>Ended well, to be applied on the thread that called <c>RunQueue</c>.</summary>
    internal ArrayDeque<CommandEntry> Ready { get; } = new(64);

    /// <summary>In the order in which they were noticed.</summary>
    internal List<Exception> Failures { get; } = [];

    /// <summary>What reading the lazy input threw.</summary>
    internal ExceptionDispatchInfo? SourceError { get; set; }

    /// <summary>True once nothing more is handed out.</summary>
    internal bool Stopping
    {
        get => _stopping;
        set => _stopping = value;
    }

    /// <summary>True once its commands were told to stop.</summary>
    internal bool Stopped { get; set; }

    /// <summary>Why it was cancelled from outside; null when it was not.</summary>
    internal string? CancelReason => _cancelReason;

    /// <summary>Cancels the run; <paramref name="deadline"/> is when it returns even though commands still run.</summary>
    internal void Cancel(string reason, long deadline)
    {
        Volatile.Write(ref _deadline, deadline);
        _cancelReason ??= reason;
        _stopping = true;
        SignalChange();
    }

    internal bool IsOverdue(long now) => _cancelReason is not null && now > Volatile.Read(ref _deadline);

    /// <summary>Books what a result command threw. By the thread that runs the queue.</summary>
    internal void AddHandlerError(Exception error)
    {
        _handlerFailed = true;
        lock (Failures)
        {
            Failures.Add(error);
        }
    }

    internal bool HandlerFailed(ErrorPolicy policy) => _handlerFailed && policy == ErrorPolicy.FailFast;

    internal void SignalChange()
    {
        lock (_changed)
        {
            Monitor.PulseAll(_changed);
        }
    }

    internal void WaitForChange(TimeSpan most)
    {
        lock (_changed)
        {
            Monitor.Wait(_changed, most);
        }
    }
}
