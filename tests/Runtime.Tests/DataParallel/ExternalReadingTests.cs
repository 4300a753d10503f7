using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Tests.DataParallel;

/// <summary>Reading what programs print, where that is late.</summary>
[Parallelizable(ParallelScope.None)]
internal sealed class ExternalReadingTests
{
    [Test]
    public void Nothing_is_lost_when_the_thread_pool_has_no_thread_to_spare()
    {
        using var free = new ManualResetEventSlim();
        var crowd = Enumerable.Range(0, 200).Select(_ => Task.Run(free.Wait)).ToArray();
        var run = new Thread(() => free.Wait(2000)) { IsBackground = true };
        ExternalResult? result = null;
        var program = new Thread(() => result = new ProgramRun(ExternalCommand.Shell("echo out; echo err >&2")).Execute(CancellationToken.None)) { IsBackground = true };
        program.Start();
        run.Start();
        run.Join();
        free.Set();
        Assert.That(program.Join(20_000), Is.True);
        Assert.That((result!.OutText, result.ErrorText), Is.EqualTo(("out\n", "err\n")));
        Task.WaitAll(crowd);
    }
}
