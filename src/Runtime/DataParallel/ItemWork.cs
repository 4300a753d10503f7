using System;
using System.Threading.Tasks;
using HpcRuntime.Commands;

namespace HpcRuntime.DataParallel;

/// <summary>What a map does with each item, as it travels.</summary>
internal abstract class ItemWork<T, TResult>
{
    /// <summary>What it does; null where the items know it themselves.</summary>
    internal abstract Delegate? Function { get; }

    /// <summary>What it is called where the map has no label.</summary>
    internal string Name => Function is { } function ? FunctionNames.Of(function) : "command";

    /// <summary>Maps with equal keys are taken to last about as long as each other.</summary>
    internal object Key => Function is { } function ? function.Method : GetType();

    /// <summary>Works on one block, until its end or until <paramref name="block"/> says stop. An item that throws is noted and its value stays empty.</summary>
    internal abstract void Run(ReadOnlySpan<T> items, Span<TResult> values, BlockRun block);
}

/// <summary>A function of the item alone.</summary>
internal sealed class PlainWork<T, TResult>(Func<T, TResult> function) : ItemWork<T, TResult>
{
    internal override Delegate Function => function;

    internal override void Run(ReadOnlySpan<T> items, Span<TResult> values, BlockRun block)
    {
        var call = function;
        var at = 0;
        while (at < items.Length)
        {
            try
            {
                // The exception handler stands outside the loop: a trivial item costs the call and a countdown.
                for (; at < items.Length; at++)
                {
                    if (!block.GoesOn(at))
                    {
                        return;
                    }

                    values[at] = call(items[at]);
                }
            }
            catch (Exception thrown)
            {
                // The boundary between ranks: whatever an item throws travels home as a value, and the others go on.
                block.Fail(at++, thrown);
            }
        }

        block.End(at);
    }
}

/// <summary>Work that uses its slave: every item has a context of its own.</summary>
internal abstract class SlaveWork<T, TResult> : ItemWork<T, TResult>
{
    internal sealed override void Run(ReadOnlySpan<T> items, Span<TResult> values, BlockRun block)
    {
        var at = 0;
        for (; at < items.Length && block.GoesOn(at); at++)
        {
            var slave = block.Begin(at);
            try
            {
                values[at] = Call(items[at], slave);
            }
            catch (Exception thrown)
            {
                // The boundary between ranks, as above.
                if (!block.IsDeferred)
                {
                    block.Fail(at, thrown);
                }
            }

            if (block.IsDeferred)
            {
                break; // It gives way to an item before it, and is done again later, with all behind it.
            }
        }

        block.End(at);
    }

    protected abstract TResult Call(T item, ItemContext slave);
}

/// <summary>A function of the item and the slave.</summary>
internal sealed class ContextWork<T, TResult>(Func<T, ISlaveContext, TResult> function) : SlaveWork<T, TResult>
{
    internal override Delegate Function => function;

    protected override TResult Call(T item, ItemContext slave) => function(item, slave);
}

/// <summary>An asynchronous function of the item.</summary>
internal sealed class AsyncWork<T, TResult>(Func<T, Task<TResult>> function) : SlaveWork<T, TResult>
{
    internal override Delegate Function => function;

    protected override TResult Call(T item, ItemContext slave) => function(item).GetAwaiter().GetResult();
}

/// <summary>An asynchronous function of the item and the slave.</summary>
internal sealed class AsyncContextWork<T, TResult>(Func<T, ISlaveContext, Task<TResult>> function) : SlaveWork<T, TResult>
{
    internal override Delegate Function => function;

    protected override TResult Call(T item, ItemContext slave) => function(item, slave).GetAwaiter().GetResult();
}

/// <summary>A function whose two parameters are the parts of the item.</summary>
internal sealed class PairWork<T1, T2, TResult>(Func<T1, T2, TResult> function) : SlaveWork<(T1 First, T2 Second), TResult>
{
    internal override Delegate Function => function;

    protected override TResult Call((T1 First, T2 Second) item, ItemContext slave) => function(item.First, item.Second);
}

/// <summary>A function whose three parameters are the parts of the item.</summary>
internal sealed class TripleWork<T1, T2, T3, TResult>(Func<T1, T2, T3, TResult> function) : SlaveWork<(T1 First, T2 Second, T3 Third), TResult>
{
    internal override Delegate Function => function;

    protected override TResult Call((T1 First, T2 Second, T3 Third) item, ItemContext slave) => function(item.First, item.Second, item.Third);
}

/// <summary>Items that are commands themselves.</summary>
internal sealed class CommandWork<TResult> : SlaveWork<SlaveCommand<TResult>, TResult>
{
    internal override Delegate? Function => null;

    protected override TResult Call(SlaveCommand<TResult> item, ItemContext slave) => item.Run(slave);
}
