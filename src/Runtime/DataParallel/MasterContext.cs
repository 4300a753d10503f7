using System;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using Serilog;

namespace HpcRuntime.DataParallel;

/// <summary>The slave of items that the calling thread works on itself: rank 0.</summary>
[CannotTravel("a slave stays where it is; return what the master needs instead")]
internal sealed class MasterContext(Processor processor) : ISlaveContext
{
    private static readonly ConditionalWeakTable<Processor, ConcurrentDictionary<(Type Type, string Name), object?>> AllLocals = [];

    public int Rank => processor.Rank;

    public int Size => processor.Size;

    public string Name => processor.Name;

    public int Attempt => 1;

    public string? Label => null;

    public CancellationToken Cancellation => default;

    public RandomStream Random { get; } = new(default(RandomKey));

    public IDataStore Data => processor.Data;

    public ILogger Log => processor.Options.Logger;

    /// <summary>What lives with the calling thread's side of a processor, as other values do with their slave.</summary>
    internal T Local<T>(Func<T> factory, string name) => (T)AllLocals.GetValue(processor, static _ => new()).GetOrAdd((typeof(T), name), _ => factory())!;

    public void ReturnResult(ResultCommand result) => throw new NotSupportedException("An item of a map brings its value home; result commands go with commands that are queued.");
}

/// <summary>A block that the calling thread worked on itself.</summary>
internal sealed class MasterCommandInfo(string label) : ICommandInfo
{
    public long Id => 0;

    public string Label => label;

    public int Rank => 0;

    public int Attempts => 1;

    public CommandStatus Status => CommandStatus.Failed;

    public TimeSpan Duration => TimeSpan.Zero;

    public CommandOutput Output => CommandOutput.Empty;
}
