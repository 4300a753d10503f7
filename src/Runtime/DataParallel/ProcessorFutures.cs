using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using HpcRuntime.Wire;

namespace HpcRuntime.DataParallel;

/// <summary>Functions and commands as futures. Any thread may submit; a future ends on its own, whether or not anybody waits, and never runs its continuations on the thread that drives the processor.</summary>
/// <remarks>A function travels with a copy of what it captured, taken at the call: later changes are not seen there, and what it changes there is not seen here.
/// Of the variables that C# keeps together in its scope it takes along those that it uses. What cannot travel is refused at the call with a <see cref="WireTypeException"/> that names the captured variable. An exception of the function fails its future with a <see cref="SlaveCommandException"/>.</remarks>
public static class ProcessorFutures
{
    /// <summary>Starts a function on a slave; the task brings its value.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="function">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task<T> Submit<T>(this Processor processor, Func<T> function, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(function, f => Value(processor, new FunctionCommand<T>(f), options, after, cancellation));

    /// <summary>Starts a function that uses its slave; the task brings its value.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="function">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task<T> Submit<T>(this Processor processor, Func<ISlaveContext, T> function, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(function, f => Value(processor, new FunctionCommand<T>(f), options, after, cancellation));

    /// <summary>Starts an asynchronous function on a slave, which is occupied until it ends; the task brings its value.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="function">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task<T> Submit<T>(this Processor processor, Func<Task<T>> function, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(function, f => Value(processor, new FunctionCommand<T>(f), options, after, cancellation));

    /// <summary>Starts an asynchronous function that uses its slave; the task brings its value.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="function">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task<T> Submit<T>(this Processor processor, Func<ISlaveContext, Task<T>> function, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(function, f => Value(processor, new FunctionCommand<T>(f), options, after, cancellation));

    /// <summary>Starts a function without a value on a slave.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="action">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task Submit(this Processor processor, Action action, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(action, f => NoValue(processor, new ActionCommand(f), options, after, cancellation));

    /// <summary>Starts a function without a value that uses its slave.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="action">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task Submit(this Processor processor, Action<ISlaveContext> action, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(action, f => NoValue(processor, new ActionCommand(f), options, after, cancellation));

    /// <summary>Starts an asynchronous function without a value on a slave, which is occupied until it ends.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="action">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task Submit(this Processor processor, Func<Task> action, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(action, f => NoValue(processor, new ActionCommand(f), options, after, cancellation));

    /// <summary>Starts an asynchronous function without a value that uses its slave.</summary>
    /// <param name="processor">The processor that runs it.</param>
    /// <param name="action">The work; it travels with what it captured.</param>
    /// <param name="options">Priority, timeout, label, attempts, group; null for the defaults.</param>
    /// <param name="after">Futures of this processor that must have ended before; null for none.</param>
    /// <param name="cancellation">Cancels it: at once while it waits, through the slave's token while it runs.</param>
    /// <exception cref="WireTypeException">Something that the function captured cannot travel.</exception>
    /// <exception cref="ArgumentException">An item of <paramref name="after"/> is no future of this processor.</exception>
    public static Task Submit(this Processor processor, Func<ISlaveContext, Task> action, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        FunctionNames.Submit(action, f => NoValue(processor, new ActionCommand(f), options, after, cancellation));

    /// <summary>Starts a command, possibly in a group and after others.</summary>
    /// <inheritdoc cref="Submit{T}(Processor, Func{T}, FutureOptions, IReadOnlyCollection{Task}, CancellationToken)"/>
    public static Task<T> Submit<T>(this Processor processor, SlaveCommand<T> command, FutureOptions? options, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        Value(processor, command, options, after, cancellation);

    /// <summary>Starts a command after others.</summary>
    /// <inheritdoc cref="Submit{T}(Processor, Func{T}, FutureOptions, IReadOnlyCollection{Task}, CancellationToken)"/>
    public static Task<T> Submit<T>(this Processor processor, SlaveCommand<T> command, IReadOnlyCollection<Task> after) => Value(processor, command, null, after, default);

    /// <summary>Starts a command without a value, possibly in a group and after others.</summary>
    /// <inheritdoc cref="Submit{T}(Processor, Func{T}, FutureOptions, IReadOnlyCollection{Task}, CancellationToken)"/>
    public static Task Submit(this Processor processor, SlaveCommand command, FutureOptions? options, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default) =>
        NoValue(processor, command, options, after, cancellation);

    /// <summary>Starts a command without a value after others.</summary>
    /// <inheritdoc cref="Submit{T}(Processor, Func{T}, FutureOptions, IReadOnlyCollection{Task}, CancellationToken)"/>
    public static Task Submit(this Processor processor, SlaveCommand command, IReadOnlyCollection<Task> after) => NoValue(processor, command, null, after, default);

    /// <summary>Starts a function on a slave; the task never fails: it brings whatever became of it, with its output.</summary>
    /// <inheritdoc cref="Submit{T}(Processor, Func{T}, FutureOptions, IReadOnlyCollection{Task}, CancellationToken)"/>
    public static Task<Outcome<T>> SubmitForOutcome<T>(this Processor processor, Func<T> function, FutureOptions? options = null, IReadOnlyCollection<Task>? after = null, CancellationToken cancellation = default)
    {
        return FunctionNames.Submit(function, f => Submission.Start(processor, new FunctionCommand<T>(f), static (entry, error) => new Outcome<T>(entry, error is null ? (T)entry.Value! : default, error), true, options, after, cancellation));
    }

    /// <summary>Runs a function on a slave and waits for its value on this thread.</summary>
    /// <inheritdoc cref="Submit{T}(Processor, Func{T}, FutureOptions, IReadOnlyCollection{Task}, CancellationToken)"/>
    public static T Execute<T>(this Processor processor, Func<T> function, CommandOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(processor);
        return FunctionNames.Submit(function, f => processor.Execute(new FunctionCommand<T>(f), options, cancellation));
    }

    /// <summary>Ends when every future of the group that had not ended has; fails if one of those, or one that ended since the group was last waited for, failed. At once for a group nobody is in.</summary>
    public static Task WhenGroup(this Processor processor, string group)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentException.ThrowIfNullOrEmpty(group);
        return FutureGroups.Of(processor).Find(group)?.WhenAll() ?? Task.CompletedTask;
    }

    /// <summary>Cancels the futures of the group that have not ended: those that wait at once, running ones through their slave's token. Later members are not concerned.</summary>
    public static void CancelGroup(this Processor processor, string group)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentException.ThrowIfNullOrEmpty(group);
        FutureGroups.Of(processor).Find(group)?.Cancel();
    }

    /// <summary>From now on at most <paramref name="maxConcurrency"/> futures of the group are with slaves at a time; the others wait here, in order.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxConcurrency"/> is not 1 or more.</exception>
    public static void LimitGroup(this Processor processor, string group, int maxConcurrency)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConcurrency, 1);
        FutureGroups.Of(processor).Get(group).Limit(maxConcurrency);
    }

    private static Task<T> Value<T>(Processor processor, SlaveCommand<T> command, FutureOptions? options, IReadOnlyCollection<Task>? after, CancellationToken cancellation) =>
        Submission.Start(processor, command, Processor.ValueOf<T>, false, options, after, cancellation);

    private static Task NoValue(Processor processor, SlaveCommand command, FutureOptions? options, IReadOnlyCollection<Task>? after, CancellationToken cancellation) =>
        Submission.Start<object?>(processor, command, static (_, error) => error is null ? null : throw error, false, options, after, cancellation);
}
