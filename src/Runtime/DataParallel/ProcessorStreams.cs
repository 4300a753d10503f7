using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Processing;

namespace HpcRuntime.DataParallel;

/// <summary>Commands that bring home many values over time.</summary>
public static class ProcessorStreams
{
    /// <summary>Values that may be under way or wait for the consumer.</summary>
    private const int Window = 256;

    /// <summary>Enumerates on the master what a function yields on a slave, each value as soon as it is there. Nothing runs before it is enumerated, with <c>foreach</c> or <c>await foreach</c>; every enumeration runs the function anew.
    /// The function waits while 256 values have not been taken. Leaving the loop cancels it. A failure of the function, or the loss of its slave, is thrown after the values that came before it.</summary>
    /// <param name="processor">The processor whose slave runs it.</param>
    /// <param name="produce">Yields the values; it travels with a copy of what it captured, taken when the enumeration begins.</param>
    /// <param name="options">Priority, timeout of the whole, label; null for the defaults. A lost slave ends the stream, unless more than one attempt is asked for: then values may come twice.</param>
    /// <param name="cancellation">Ends the enumerations.</param>
    public static LazyResults<T> Stream<T>(this Processor processor, Func<ISlaveContext, IAsyncEnumerable<T>> produce, FutureOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(processor);
        ArgumentNullException.ThrowIfNull(produce);
        return new LazyResults<T>((_, token) => FunctionNames.Submit(produce, f =>
        {
            var line = new MasterLine(processor);
            line.Start(new StreamCommand<T>(f, Window), options, token.CanBeCanceled ? token : cancellation);
            return new StreamCursor<T>(line, Window / 2);
        }));
    }
}

/// <summary>Runs a producer and says each of its values, as far as there is room for them.</summary>
internal sealed class StreamCommand<T>(Func<ISlaveContext, IAsyncEnumerable<T>> slaveFunction, int credits) : SlaveCommand
{
    internal override object KindKey => slaveFunction.Method;

    internal override string KindLabel => FunctionNames.Of(slaveFunction);

    public override void Run(ISlaveContext slave)
    {
        var line = SlaveLine.Of(SlaveLine.ContextOf(slave)!);
        line.AddCredits(credits);
        line.Say(new OpenWord());
        var values = slaveFunction(slave).GetAsyncEnumerator(slave.Cancellation);
        try
        {
            while (Wait(values.MoveNextAsync()))
            {
                line.WaitUntil(line.TryTakeCredit);
                line.Say(new ValueWord(values.Current, counted: false));
            }
        }
        finally
        {
            values.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static bool Wait(ValueTask<bool> step) => step.IsCompleted ? step.GetAwaiter().GetResult() : step.AsTask().GetAwaiter().GetResult();
}

/// <summary>One enumeration of a stream.</summary>
internal sealed class StreamCursor<T>(MasterLine line, int creditsAtATime) : IResultCursor<T>
{
    private object? _current;
    private int _taken;

    public T Current => (T)_current!;

    public bool? TryMove(out int version)
    {
        version = line.Version;
        if (line.TryTake(out _current))
        {
            if (++_taken == creditsAtATime)
            {
                line.Say(new CreditWord(_taken));
                _taken = 0;
            }

            return true;
        }

        if (!line.IsOver)
        {
            return null;
        }

        if (line.Entry.Error is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
        }

        return false;
    }

    public void WaitForNews(int version) => line.WaitForNews(version, Timeout.InfiniteTimeSpan);

    public Task NewsAsync(int version) => line.NewsAsync(version);

    public void Dispose() => line.Cancel();
}
