using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>What one held command waits for. Each edge costs one continuation; whoever ends the last prerequisite lets the command go.</summary>
internal sealed class Prerequisites(FutureCompletion of, AfterPolicy policy, FutureCompletion[] before, FutureGroup? group)
{
    private readonly CommandEntry _entry = of.Entry!;
    private int _left = before.Length + 1; // One for Watch itself, so that nothing is decided before all edges are there.
    private CommandEntry? _bad;            // The first prerequisite that ended badly; set once, by whichever thread.
    private int _decided;

    /// <summary>The commands behind futures of this very processor.</summary>
    /// <exception cref="ArgumentException">One of them is another kind of task, or of another processor.</exception>
    internal static FutureCompletion[] Check(Processor processor, IReadOnlyCollection<Task>? after)
    {
        if (after is null)
        {
            return [];
        }

        return [.. after.Select((task, place) => task?.AsyncState is FutureCompletion known && known.Processor == processor
            ? known
            : throw new ArgumentException($"Item {place} of 'after' is no future of this processor. Give it what Submit returned, not a task made from it.", nameof(after)))];
    }

    /// <summary>Begins to wait.</summary>
    internal void Watch()
    {
        foreach (var one in before)
        {
            one.Task.ContinueWith(static (_, state) => ((Edge)state!).Ended(), new Edge(this, one.Entry!), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        Countdown();
    }

    private void Ended(CommandEntry prerequisite)
    {
        if (prerequisite.Status != CommandStatus.Done)
        {
            Interlocked.CompareExchange(ref _bad, prerequisite, null);
            if (policy == AfterPolicy.Success)
            {
                Refuse(prerequisite);
            }
        }

        Countdown();
    }

    private void Countdown()
    {
        if (Interlocked.Decrement(ref _left) > 0)
        {
            return;
        }

        if (policy == AfterPolicy.Failure && _bad is null)
        {
            End(CommandStatus.Cancelled, new CommandCancelledException(_entry, "it was to run after a failure, and what it comes after ended well"));
        }
        else if (Interlocked.Exchange(ref _decided, 1) == 0)
        {
            if (group is null)
            {
                of.Processor.Release(_entry);
            }
            else
            {
                group.Release(of);
            }
        }
    }

    private void Refuse(CommandEntry prerequisite) => End(CommandStatus.Failed, new PrerequisiteException(_entry, prerequisite, prerequisite.Error));

    private void End(CommandStatus outcome, Exception error)
    {
        if (Interlocked.Exchange(ref _decided, 1) == 0)
        {
            of.Processor.EndHeld(_entry, outcome, error);
        }
    }

    private sealed class Edge(Prerequisites wait, CommandEntry prerequisite)
    {
        internal void Ended() => wait.Ended(prerequisite);
    }
}
