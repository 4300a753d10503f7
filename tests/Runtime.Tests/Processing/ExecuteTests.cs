using System;
using System.Diagnostics;
using System.Threading;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

public sealed class ExecuteTests
{
    [Test]
    public void One_that_is_cancelled_while_it_waits_for_a_slave_returns_at_once()
    {
        using var processor = Processor.Load("thread", new ProcessorOptions { Slaves = 1, ShowOutput = false });
        using var stop = new CancellationTokenSource();
        var occupying = processor.SubmitForOutcome(new OccupyCommand(), cancellation: stop.Token);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var clock = Stopwatch.StartNew();
        Assert.That(() => processor.Execute(new EchoCommand(1), null, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That((clock.Elapsed < TimeSpan.FromSeconds(20), occupying.IsCompleted), Is.EqualTo((true, false)), "The slave is still busy.");
        stop.Cancel();
        Assert.That(occupying.Result.Command.Status, Is.EqualTo(CommandStatus.Cancelled));
    }

    [Test]
    public void In_line_a_command_for_every_slave_runs_on_the_thread_of_its_caller()
    {
        using var processor = Processor.Load("uni", new ProcessorOptions { ShowOutput = false });
        Assert.That(processor.ExecuteOnEverySlave(new ThreadCommand())[1], Is.EqualTo(Environment.CurrentManagedThreadId));
        Assert.That(processor.Execute(new ThreadCommand()), Is.EqualTo(Environment.CurrentManagedThreadId));
    }

    private sealed class ThreadCommand : SlaveCommand<int>
    {
        public override int Run(ISlaveContext slave) => Environment.CurrentManagedThreadId;
    }

    /// <summary>Keeps its slave for half a minute unless it is asked to stop.</summary>
    private sealed class OccupyCommand : SlaveCommand<bool>
    {
        public override bool Run(ISlaveContext slave) => slave.Cancellation.WaitHandle.WaitOne(TimeSpan.FromSeconds(30));
    }
}
