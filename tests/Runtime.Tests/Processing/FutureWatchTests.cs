using System;
using System.Threading.Tasks;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Tests.Processing;

/// <summary>The watch reads fields of <see cref="Task"/> that are not public: on a runtime without them the first tests fail.</summary>
public sealed class FutureWatchTests
{
    [Test]
    public async Task A_failed_future_that_nobody_looked_at_is_found()
    {
        var watch = new FutureWatch();
        watch.Watch(await Failed(), lost: false);
        Assert.That(watch.Unobserved(), Is.EqualTo((1, false)));
        Assert.That(watch.Unobserved(), Is.EqualTo((1, false)), "Asking is not looking.");
    }

    [TestCase("await")]
    [TestCase("Wait")]
    [TestCase("GetResult")]
    [TestCase("WaitAll")]
    [TestCase("WhenAll")]
    [TestCase("Exception")]
    public async Task A_failed_future_that_somebody_looked_at_is_not_found(string how)
    {
        var watch = new FutureWatch();
        var future = await Failed();
        watch.Watch(future, lost: true);
        Assert.That(watch.Unobserved(), Is.EqualTo((1, true)));
        await Look(future, how);
        Assert.That(watch.Unobserved(), Is.EqualTo((0, false)));
    }

    [Test]
    public async Task Whether_one_was_ready_is_no_look_at_its_failure()
    {
        var watch = new FutureWatch();
        var future = await Failed();
        watch.Watch(future, lost: false);
        Assert.That((future.IsCompleted, future.IsFaulted, future.Status), Is.EqualTo((true, true, TaskStatus.Faulted)));
        Assert.That(watch.Unobserved().Count, Is.EqualTo(1));
    }

    [Test]
    public void Futures_that_ended_well_are_not_failures()
    {
        var watch = new FutureWatch();
        watch.Watch(Task.CompletedTask, lost: false);
        watch.Watch(Task.FromCanceled(new System.Threading.CancellationToken(true)), lost: false);
        Assert.That(watch.Unobserved().Count, Is.Zero);
    }

    [Test]
    public async Task One_that_has_not_failed_yet_counts()
    {
        var watch = new FutureWatch();
        var source = new TaskCompletionSource();
        watch.Watch(source.Task, lost: false);
        Assert.That(watch.Unobserved().Count, Is.EqualTo(1));
        source.SetException(new InvalidOperationException("late"));
        Assert.That(watch.Unobserved().Count, Is.EqualTo(1));
        await Look(source.Task, "await");
        Assert.That(watch.Unobserved().Count, Is.Zero);
    }

    [Test]
    public async Task Many_failures_are_counted_and_those_looked_at_are_forgotten()
    {
        var watch = new FutureWatch();
        for (var i = 0; i < 1000; i++)
        {
            var future = await Failed();
            watch.Watch(future, lost: i == 999);
            if (i % 2 == 0)
            {
                await Look(future, "Exception");
            }
        }

        Assert.That(watch.Unobserved(), Is.EqualTo((500, true)));
    }

    // An async method, as those that Submit hands out: its task ends when the awaited one does.
    private static async Task<Task> Failed()
    {
        var future = Fail();
        while (!future.IsCompleted)
        {
            await Task.Yield();
        }

        return future;
    }

    private static async Task Fail()
    {
        await Task.Yield();
        throw new InvalidOperationException("nobody saw this");
    }

    private static async Task Look(Task future, string how)
    {
        try
        {
            switch (how)
            {
                case "await":
                    await future;
                    break;
                case "Wait":
                    future.Wait();
                    break;
                case "GetResult":
                    future.GetAwaiter().GetResult();
                    break;
                case "WaitAll":
                    Task.WaitAll(future);
                    break;
                case "WhenAll":
                    await Task.WhenAll(future);
                    break;
                default:
                    Assert.That(future.Exception, Is.Not.Null);
                    return;
            }

            Assert.Fail("The future did not fail.");
        }
        catch (Exception seen) when (seen is InvalidOperationException or AggregateException)
        {
            Assert.That(future.IsFaulted, Is.True);
        }
    }
}
