using System;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Functions that run on slaves whenever they are called. Each call is a submission of its own, with a future of its own; the bound function may be called from any thread.</summary>
public static class ProcessorBind
{
    /// <summary>Binds a function of one parameter: calling the result submits <paramref name="function"/> with that argument.</summary>
    /// <param name="processor">The processor that runs the calls.</param>
    /// <param name="function">The function; what it captured is copied at each call.</param>
    /// <param name="options">Of every call; null for the defaults.</param>
    public static Func<T1, Task<TResult>> Bind<T1, TResult>(this Processor processor, Func<T1, TResult> function, FutureOptions? options = null)
    {
        Check(processor, function);
        return first => FunctionNames.Submit(function, f => Call(processor, new BoundCommand<T1, TResult>(f, first), options));
    }

    /// <summary>Binds a function of two parameters.</summary>
    /// <inheritdoc cref="Bind{T1, TResult}(Processor, Func{T1, TResult}, FutureOptions)"/>
    public static Func<T1, T2, Task<TResult>> Bind<T1, T2, TResult>(this Processor processor, Func<T1, T2, TResult> function, FutureOptions? options = null)
    {
        Check(processor, function);
        return (first, second) => FunctionNames.Submit(function, f => Call(processor, new BoundCommand<T1, T2, TResult>(f, first, second), options));
    }

    /// <summary>Binds a function of three parameters.</summary>
    /// <inheritdoc cref="Bind{T1, TResult}(Processor, Func{T1, TResult}, FutureOptions)"/>
    public static Func<T1, T2, T3, Task<TResult>> Bind<T1, T2, T3, TResult>(this Processor processor, Func<T1, T2, T3, TResult> function, FutureOptions? options = null)
    {
        Check(processor, function);
        return (first, second, third) => FunctionNames.Submit(function, f => Call(processor, new BoundCommand<T1, T2, T3, TResult>(f, first, second, third), options));
    }

    private static void Check(Processor processor, Delegate function)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentNullException.ThrowIfNull(function);
    }

    private static Task<T> Call<T>(Processor processor, SlaveCommand<T> command, FutureOptions? options) =>
        Submission.Start(processor, command, Processor.ValueOf<T>, false, options, null, default);
}

/// <summary>A call of a bound function with its arguments.</summary>
internal sealed class BoundCommand<T1, TResult>(Func<T1, TResult> function, T1 first) : SlaveCommand<TResult>
{
    internal override object KindKey => function.Method;

    internal override string KindLabel => FunctionNames.Of(function);

    public override TResult Run(ISlaveContext slave) => function(first);
}

/// <inheritdoc cref="BoundCommand{T1, TResult}"/>
internal sealed class BoundCommand<T1, T2, TResult>(Func<T1, T2, TResult> function, T1 first, T2 second) : SlaveCommand<TResult>
{
    internal override object KindKey => function.Method;

    internal override string KindLabel => FunctionNames.Of(function);

    public override TResult Run(ISlaveContext slave) => function(first, second);
}

/// <inheritdoc cref="BoundCommand{T1, TResult}"/>
internal sealed class BoundCommand<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function, T1 first, T2 second, T3 third) : SlaveCommand<TResult>
{
    internal override object KindKey => function.Method;

    internal override string KindLabel => FunctionNames.Of(function);

    public override TResult Run(ISlaveContext slave) => function(first, second, third);
}
