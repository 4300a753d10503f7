using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Processing;

namespace HpcRuntime.Conformance;

/// <summary>Keeps what it is told.</summary>
internal sealed class ProgressListener : IProgress<WorkProgress>
{
    private readonly ConcurrentQueue<WorkProgress> _all = new();
    private int _inside;

    internal Action? Told { get; init; }

    internal int Milliseconds { get; init; }

    internal int Overlaps { get; private set; }

    internal int Count => _all.Count;

    internal IReadOnlyList<WorkProgress> All => _all.ToArray();

    internal WorkProgress Last => _all.LastOrDefault() ?? new WorkProgress(0, false, 0, 0, 0, 0, TimeSpan.Zero);

    public void Report(WorkProgress value)
    {
        Overlaps += Interlocked.Increment(ref _inside) > 1 ? 1 : 0;
        Pause.For(Milliseconds);
        _all.Enqueue(value);
        Interlocked.Decrement(ref _inside);
        Told?.Invoke();
    }
}
