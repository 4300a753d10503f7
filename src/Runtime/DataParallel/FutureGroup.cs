using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Futures with a common name: waited for, cancelled and bounded together. Thread-safe.</summary>
internal sealed class FutureGroup
{
    private readonly object _gate = new(); // Guards all below.
    private readonly HashSet<FutureCompletion> _members = []; // Those that have not ended, and those that failed since anyone waited for the group.
    private readonly ArrayDeque<FutureCompletion> _waiting = new(16);
    private int _limit = int.MaxValue;
    private int _running;

    internal void Add(FutureCompletion member)
    {
        lock (_gate)
        {
            _members.Add(member);
        }

        Then(member, group => group.Forget(member));
    }

    /// <summary>Ends when all members have; fails as <see cref="Task.WhenAll(IEnumerable{Task})"/> does.</summary>
    internal Task WhenAll()
    {
        lock (_gate)
        {
            var all = Task.WhenAll([.. _members.Select(static member => member.Task)]);
            _members.RemoveWhere(static member => member.Task.IsCompleted);
            return all;
        }
    }

    internal void Cancel()
    {
        FutureCompletion[] members;
        lock (_gate)
        {
            members = [.. _members];
        }

        // Those that wait first: else one of them begins where another was stopped.
        const string Reason = "its group was cancelled";
        foreach (var member in Array.FindAll(members, static member => !member.Processor.CancelQueued(member.Entry!, Reason)))
        {
            member.Processor.CancelEntry(member.Entry!, Reason);
        }
    }

    /// <summary>At most this many at a time from now on.</summary>
    internal void Limit(int most)
    {
        lock (_gate)
        {
            _limit = most;
        }

        ReleaseWaiting();
    }

    /// <summary>Hands a member out now, or when the group has room for it.</summary>
    internal void Release(FutureCompletion member)
    {
        lock (_gate)
        {
            _waiting.AddLast(member);
        }

        ReleaseWaiting();
    }

    private void ReleaseWaiting()
    {
        while (TakeWaiting() is { } next)
        {
            Then(next, static group => group.EndOne());
            next.Processor.Release(next.Entry!);
        }
    }

    private FutureCompletion? TakeWaiting()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _running >= _limit)
            {
                return null;
            }

            _running++;
            return _waiting.RemoveFirst();
        }
    }

    private void EndOne()
    {
        lock (_gate)
        {
            _running--;
        }

        ReleaseWaiting();
    }

    private void Forget(FutureCompletion member)
    {
        lock (_gate)
        {
            if (member.Task.IsCompletedSuccessfully)
            {
                _members.Remove(member);
            }
        }
    }

    /// <summary>On the pool: whoever ends a future holds the baton.</summary>
    private void Then(FutureCompletion member, Action<FutureGroup> action) =>
        member.Task.ContinueWith((_, state) => action((FutureGroup)state!), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}

/// <summary>The groups of one processor, by name.</summary>
internal sealed class FutureGroups
{
    private static readonly ConditionalWeakTable<Processor, FutureGroups> All = [];

    private readonly ConcurrentDictionary<string, FutureGroup> _groups = new(StringComparer.Ordinal);

    internal static FutureGroups Of(Processor processor) => All.GetValue(processor, static _ => new FutureGroups());

    internal FutureGroup Get(string name) => _groups.GetOrAdd(name, static _ => new FutureGroup());

    internal FutureGroup? Find(string name) => _groups.GetValueOrDefault(name);
}
