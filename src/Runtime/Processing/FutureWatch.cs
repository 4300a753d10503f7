using System;
using System.Collections.Generic;
using System.Reflection;
using System.Threading.Tasks;

namespace HpcRuntime.Processing;

/// <summary>Remembers futures that failed until somebody has looked at them, so that a failure nobody saw shows in the exit code. Thread-safe.</summary>
internal sealed class FutureWatch
{
    private static readonly FieldInfo? ContingentProperties = typeof(Task).GetField("m_contingentProperties", BindingFlags.Instance | BindingFlags.NonPublic);
    private static readonly FieldInfo? ExceptionsHolder = ContingentProperties?.FieldType.GetField("m_exceptionsHolder", BindingFlags.Instance | BindingFlags.NonPublic);
    private static readonly FieldInfo? IsHandled = ExceptionsHolder?.FieldType.GetField("m_isHandled", BindingFlags.Instance | BindingFlags.NonPublic);

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

    /// <summary>Whether the exception of a task was asked for: await, Wait, Result or Exception. The task keeps that for its finaliser alone,
    /// so its fields are read; a runtime without them would have to wait for the garbage collector. <c>FutureWatchTests</c> fails on such a runtime.</summary>
    private static bool IsObserved(Task future)
    {
        if (!future.IsCompleted || !future.IsFaulted)
        {
            return future.IsCompleted;
        }

        var properties = ContingentProperties?.GetValue(future);
        var holder = properties is null ? null : ExceptionsHolder?.GetValue(properties);
        return holder is null || IsHandled?.GetValue(holder) is not false;
    }
}
