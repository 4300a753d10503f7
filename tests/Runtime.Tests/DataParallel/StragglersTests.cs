using System;
using System.Threading.Tasks;
using HpcRuntime.DataParallel;
using NUnit.Framework;

namespace HpcRuntime.Tests.DataParallel;

/// <summary>When the output of a program that has ended is complete.</summary>
internal sealed class StragglersTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Test]
    public void Output_that_is_late_is_waited_for_where_nobody_else_could_write()
    {
        var reading = new TaskCompletionSource();
        var asked = 0;
        Stragglers.Await(reading.Task, () => 0, () =>
        {
            if (++asked == 100)
            {
                reading.SetResult();
            }

            return false;
        }, Moment);
        Assert.That((reading.Task.IsCompleted, asked), Is.EqualTo((true, 100)));
    }

    [Test]
    public void A_silent_child_is_not_waited_for()
    {
        var asked = 0;
        Stragglers.Await(new TaskCompletionSource().Task, () => 7, () => ++asked > 0, Moment);
        Assert.That(asked, Is.InRange(5, 20));
    }

    [Test]
    public void A_child_that_goes_on_writing_is_heard()
    {
        var length = 0L;
        Stragglers.Await(new TaskCompletionSource().Task, () => length < 50 ? ++length : length, () => true, Moment);
        Assert.That(length, Is.EqualTo(50));
    }

    [Test]
    public void A_writer_that_nobody_finds_is_not_waited_for_without_end()
    {
        var asked = 0;
        Stragglers.Await(new TaskCompletionSource().Task, () => 0, () => ++asked < 0, Moment);
        Assert.That(asked, Is.EqualTo(Stragglers.MostSilent));
    }

    [Test]
    public void Nothing_is_asked_where_everything_is_read()
        => Stragglers.Await(Task.CompletedTask, () => throw new AssertionException("It is read."), () => throw new AssertionException("It is read."), Moment);
}
