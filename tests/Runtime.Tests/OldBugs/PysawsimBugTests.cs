using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Fabrics;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.OldBugs;

/// <summary>The limits of pysawsim's managers. What cannot apply is told in docs/from-pysawsim.md.</summary>
public sealed class PysawsimBugTests : OldBugFixture
{
    private static readonly Barrier Both = new(2);

    [Test]
    public void SWB_01_a_fabric_that_cannot_be_had_says_why_and_the_others_work()
    {
        Assert.That(Assert.Throws<UnknownFabricException>(() => Processor.Load("pbs"))!.Message, Does.Contain("uni").And.Contain("thread").And.Contain("process").And.Contain("mpi"));
        Assert.That(Assert.Throws<FabricUnavailableException>(() => Processor.Load("mpi"))!.Message, Does.Contain("mpiexec"));
        using var thread = Processor.Load("thread", slaves: 1);
        Assert.That(thread.Execute(() => 1), Is.EqualTo(1));
    }

    [Test]
    public void SWB_02_threads_work_at_the_same_time()
    {
        using var processor = Processor.Load("thread", slaves: 2);
        var met = processor.Map(new[] { 1, 2 }, _ => Both.SignalAndWait(TimeSpan.FromSeconds(20)), new MapOptions { ChunkSize = 1 });
        Assert.That(met, Is.EqualTo(new[] { true, true }), "Each waits for the other inside its command.");
    }

    [Test]
    public void SWB_03_slaves_that_are_processes_run_under_a_test_runner()
    {
        var pids = Shared.Map(Enumerable.Range(0, 4).ToArray(), _ => Environment.ProcessId).ToArray();
        Assert.That(pids, Has.None.EqualTo(Environment.ProcessId));
    }

    [Test]
    public void SWB_05_streams_priorities_retries_deadlines_and_cancellation_are_there()
    {
        var died = Path.Combine(Folder, "died");
        Assert.That(ValueOf(Shared.Submit(() => DieOnce(died, 4))), Is.EqualTo(4), "Tried again.");
        Assert.That(Shared.Stream(_ => Values()).First(), Is.EqualTo(1));
        FailureOf<CommandTimeoutException>(Shared.Submit(slave => slave.Cancellation.WaitHandle.WaitOne(20_000), new FutureOptions { Timeout = TimeSpan.FromMilliseconds(50), Priority = 1 }));
        using var source = new CancellationTokenSource();
        var running = Shared.Submit(slave => slave.Cancellation.WaitHandle.WaitOne(20_000), cancellation: source.Token);
        source.Cancel();
        FailureOf<OperationCanceledException>(running);
    }

    private static async System.Collections.Generic.IAsyncEnumerable<int> Values()
    {
        await Task.Yield();
        yield return 1;
    }
}
