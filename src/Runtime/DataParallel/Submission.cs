using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>The one way in for every future of this floor: at once where nothing holds it back, else held until its prerequisites and its group let it go.</summary>
internal static class Submission
{
    internal static Task<T> Start<T>(Processor processor, SlaveCommand command, Func<CommandEntry, Exception?, T> valueOf, bool failuresAreValues, FutureOptions? options, IReadOnlyCollection<Task>? after, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentNullException.ThrowIfNull(command);
        var completion = new FutureCompletion<T>(processor, valueOf, failuresAreValues);
        if (options?.Group is null && after is not { Count: > 0 })
        {
            return processor.Start(command, options?.ForCommand(), completion, cancellation);
        }

        var prerequisites = Prerequisites.Check(processor, after);
        var group = options?.Group is { } name ? FutureGroups.Of(processor).Get(name) : null;
        var future = processor.Hold(command, options?.ForCommand(), completion, cancellation);
        group?.Add(completion);
        new Prerequisites(completion, options?.AfterPolicy ?? AfterPolicy.Success, prerequisites, group).Watch();
        return future;
    }
}
