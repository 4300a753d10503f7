#pragma warning disable CS1591, CA1822, IDE0005
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.Fabrics;
using HpcRuntime.Primitives;

namespace HpcRuntime.Processing;

/// <summary>SKETCH of the public surface; bodies come.</summary>
public sealed class Processor : IDisposable
{
    public static Processor Load(string fabric, ApplicationCallback? callback = null, int slaves = 0, ProcessorOptions? options = null) => throw new NotImplementedException();
    public static Processor Load(string fabric, ProcessorOptions options) => throw new NotImplementedException();
    public Processor(Fabric fabric, ProcessorOptions? options = null, ApplicationCallback? callback = null) => throw new NotImplementedException();
    /// the processor of this program (last opened, not disposed); InvalidOperationException with guidance when there is none
    public static Processor Current => throw new NotImplementedException();
    public int Run() => throw new NotImplementedException(); // classic: callback.InitMaster, HandleException, shut down; returns exit code
    public ProcessorOptions Options => throw new NotImplementedException();
    public string FabricName => throw new NotImplementedException();
    public string Describe() => throw new NotImplementedException();
    public int Rank => 0;
    public int Size => throw new NotImplementedException();
    public int SlaveCount => throw new NotImplementedException();
    public string Name => throw new NotImplementedException(); // host-pidN
    public int QueuedCount => throw new NotImplementedException();
    /// queue now, start at RunQueue; snapshot taken now (throws WireTypeException here)
    public ICommandInfo AddToQueue(SlaveCommand command, Memo? memo = null, CommandOptions? options = null) => throw new NotImplementedException();
    public ICommandInfo AddToQueue<T>(SlaveCommand<T> command, Action<T> onValue, CommandOptions? options = null) => throw new NotImplementedException();
    public void RunQueue(CancellationToken cancellation = default) => throw new NotImplementedException();
    /// lazy: pulled on the calling thread, O(window) look-ahead
    public void RunQueue(IEnumerable<SlaveCommand> commands, Func<SlaveCommand, Memo?>? memo = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    /// values in completion order/any order delivered on the calling thread
    public void RunQueue<T>(IEnumerable<SlaveCommand<T>> commands, Action<long, T> onValue, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task Submit(SlaveCommand command, CommandOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<T> Submit<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public Task<Outcome<T>> SubmitForOutcome<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public void Execute(SlaveCommand command, CommandOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public T Execute<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    /// once on every slave; values by rank
    public IReadOnlyDictionary<int, T> ExecuteOnEverySlave<T>(SlaveCommand<T> command, CommandOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();
    public void SendData<T>(string name, T value) => throw new NotImplementedException();
    public void RemoveData(string name) => throw new NotImplementedException();
    public IDataStore Data => throw new NotImplementedException();
    public void Resize(int slaves) => throw new NotImplementedException();
    public ProcessorStatistics GetStatistics() => throw new NotImplementedException();
    /// exit code to use when the application returned 0: 0, 1 unobserved failed future, 4 strict loss
    public int ExitCodeFor(int applicationCode) => throw new NotImplementedException();
    /// from any thread (signal handlers): stops handing out, cancels what runs, RunQueue/Execute throw OperationCanceledException
    public void Cancel(string reason) => throw new NotImplementedException();
    public void Abort() => throw new NotImplementedException();
    public void Dispose() => throw new NotImplementedException();
}
