using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading.Tasks;

namespace HpcRuntime.Processing;

/// <summary>Remembers futures that failed until somebody has looked at them, so that a failure nobody saw shows in the exit code. Thread-safe.</summary>
internal sealed class FutureWatch
{
    private readonly object _gate = new();
    private readonly List<(Task Future, bool Lost)> _failed = [];
    private int _pruneAt = 256;

    internal void Watch(Task future, bool lost)
    {
        lock (_gate)
        {
            _failed.Add((future, lost));
            if (_failed.Count >= _pruneAt)
            {
                _failed.RemoveAll(f => IsObserved(f.Future));
                _pruneAt = Math.Max(256, _failed.Count * 2);
            }
        }
    }

    /// <summary>How many failed futures nobody has looked at, and whether a slave was lost under one of them.</summary>
    internal (int Count, bool AnyLost) Unobserved()
    {
        lock (_gate)
        {
            // A future that failed a moment ago may not have reached its faulted state; it will in bounded time, for nothing but our own code is in between.
            _failed.RemoveAll(f => IsObserved(f.Future));
            return (_failed.Count, _failed.Exists(f => f.Lost));
        }
    }

    /// <summary>Whether the exception of a task was asked for: await, Wait, Result or Exception. The task keeps that for its finaliser;
    /// the accessor reads it, so that no garbage collection need be forced. <c>FutureWatchTests</c> fails on a runtime that lacks it.</summary>
    private static bool IsObserved(Task future) => future.IsCompleted && (!future.IsFaulted || IsExceptionObserved(future));

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_IsExceptionObservedInternal")]
    private static extern bool IsExceptionObserved(Task task);
}
