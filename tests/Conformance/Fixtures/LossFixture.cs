using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 5, as far as it needs no killing: a stuck slave is given up and its seat filled again. Where a fabric cannot do that,
/// the command is reported as timed out, and the processor goes on once it has ended; or with the slaves that are left, where it loses such a slave.</summary>
public abstract class LossFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    private static readonly ProcessorOptions Impatient = new() { Grace = TimeSpan.FromMilliseconds(100) };
    private static readonly CommandOptions Brief = new() { Timeout = TimeSpan.FromMilliseconds(100) };

    private int _stuck; // Commands that were made to be stuck, where their slaves are lost.

    /// <summary>A stuck command goes on until the test is over where its slave is given up, until <see cref="LetGo"/> where its slave is lost and its rank has to come back, else for half a second after it was asked to stop.</summary>
    private StubbornCommand Stuck => Fabric.LosesStuckSlaves ? new(Folder, 10_000, Signal($"release-{++_stuck}"))
        : (Traits.ReplacesSlaves && !Traits.InLine) || Fabric.EndsStuckSlaves ? new(Folder, 10_000, Signal("release")) : new(Folder, 500);

    [TearDown]
    public void Release()
    {
        // Nothing of this test may go on in the next one.
        Give("release");
        LetGo();
        WaitUntil(() => !GivenUpCommandsGoOn || Directory.GetFiles(Folder, "stubborn-*").Length == Directory.GetFiles(Folder, "released-*").Length, "The end of every stuck command");
    }

    /// <summary>Commands whose slaves are lost end: their ranks are waited for.</summary>
    private void LetGo()
    {
        for (var number = _stuck; number > 0; number--)
        {
            Give($"release-{number}");
        }
    }

    [Promise]
    [TwoSlaves]
    public void A_stuck_command_times_out_and_its_seat_is_filled_again()
    {
        var processor = Open(1 + Spare, Impatient);
        Assert.Throws<CommandTimeoutException>(() => processor.Execute(Stuck, Brief));
        LetGo();
        var rank = processor.Execute(new FactsCommand()).Rank;
        Assert.That((Fabric.LosesStuckSlaves ? 1 : rank, processor.SlaveCount), Is.EqualTo((1, 1)));
    }

    [Promise]
    [TwoSlaves]
    public void A_stuck_command_is_not_run_again()
    {
        var processor = Open(1 + Spare, Impatient);
        var command = processor.AddToQueue(Stuck, options: Brief);
        Assert.Throws<CommandTimeoutException>(() => processor.RunQueue());
        LetGo();
        AssertUsable(processor);
        Assert.That((command.Status, command.Attempts), Is.EqualTo((CommandStatus.TimedOut, 1)));
        Assert.That(Directory.GetFiles(Folder, "stubborn-*"), Has.Length.LessThan(2), "A slave that is slow to start may have been given up before the command could leave its trace.");
    }

    [Promise]
    [TwoSlaves]
    public void Commands_behind_a_stuck_one_run_and_are_not_charged()
    {
        var processor = Open(1 + Spare, Impatient with { ErrorPolicy = ErrorPolicy.Continue });
        var facts = new List<SlaveFacts>();
        processor.AddToQueue(Stuck, options: Brief);
        for (var i = 0; i < 20; i++)
        {
            processor.AddToQueue(new FactsCommand(i), facts.Add);
        }

        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions;
        LetGo();
        Assert.That(failures.Single(), Is.TypeOf<CommandTimeoutException>());
        Assert.That(facts.Select(fact => (fact.Index, fact.Attempt)).Order(), Is.EqualTo(Enumerable.Range(0, 20).Select(i => (i, 1))));
    }

    [Promise]
    [TwoSlaves]
    public void What_a_slave_sends_after_it_was_given_up_never_surfaces()
    {
        var processor = Open(1 + Spare, Impatient);
        var values = new List<int>();
        processor.AddToQueue(Stuck, values.Add, Brief);
        Assert.Throws<CommandTimeoutException>(() => processor.RunQueue());
        Give("release");
        LetGo();
        WaitUntil(() => !GivenUpCommandsGoOn || Directory.GetFiles(Folder, "released-*").Length == 1, "The end of the stuck command");
        for (var i = 0; i < 20; i++)
        {
            AssertUsable(processor);
        }

        Assert.That(values, Is.Empty);
    }

    [Promise]
    public void Every_slave_stuck_at_once_is_survived()
    {
        var processor = Open(3, Impatient with { ErrorPolicy = ErrorPolicy.Continue });
        var count = processor.SlaveCount;
        for (var i = 0; i < count; i++)
        {
            processor.AddToQueue(Stuck, options: Brief);
        }

        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions;
        LetGo();
        Assert.That(failures.All(failure => failure is CommandTimeoutException), Is.True);
        if (Fabric.LosesStuckSlaves)
        {
            AssertUsableOrWithoutSlave(processor);
            return;
        }

        Assert.That(processor.ExecuteOnEverySlave(new FactsCommand()).Keys.Order(), Is.EqualTo(Enumerable.Range(1, count)));
    }

    [Promise]
    public void A_slave_stuck_again_and_again_is_replaced_again_and_again()
    {
        var processor = Open(Fabric.LosesStuckSlaves ? 3 : 1, Impatient);
        var times = Fabric.LosesStuckSlaves ? processor.SlaveCount : 3;
        for (var i = 1; i < times; i++)
        {
            Assert.Throws<CommandTimeoutException>(() => processor.Execute(Stuck, Brief));
            LetGo();
            AssertUsable(processor);
        }

        Assert.Throws<CommandTimeoutException>(() => processor.Execute(Stuck, Brief));
        LetGo();
        AssertUsableOrWithoutSlave(processor);
    }

    [Promise]
    [TwoSlaves]
    public void A_replacement_runs_the_start_ups_first()
    {
        var processor = Open(1 + Spare, Impatient with { Startups = [new TraceStartup(Folder, "culture")] });
        Assert.That(processor.Execute(new CountStartupsCommand(Folder)), Is.EqualTo(1));
        Assert.Throws<CommandTimeoutException>(() => processor.Execute(Stuck, Brief));
        LetGo();
        Assert.That(processor.Execute(new CountStartupsCommand(Folder)), Is.EqualTo(!Traits.ReplacesSlaves ? 1 : Traits.InLine ? 1 + processor.Statistics.SlavesLost : 2), "In line it may have come back before it was given up.");
    }

    [Promise]
    [TwoSlaves]
    public void A_replacement_has_the_data()
    {
        var processor = Open(1 + Spare, Impatient);
        processor.SendData("curve", new[] { 1, 2, 3 });
        Assert.Throws<CommandTimeoutException>(() => processor.Execute(Stuck, Brief));
        LetGo();
        Assert.That(processor.Execute(new GetDataCommand<int[]>("curve")), Is.EqualTo(new[] { 1, 2, 3 }));
    }

    [Promise]
    [TwoSlaves]
    public void A_cancelled_command_that_ignores_its_token_ends_in_bounded_time()
    {
        var processor = Open(1 + Spare, Impatient);
        using var cancellation = new System.Threading.CancellationTokenSource();
        var task = processor.Submit(Stuck, null, cancellation.Token);
        WaitUntil(() => Directory.GetFiles(Folder, "stubborn-*").Length == 1, "The start of the stuck command");
        cancellation.Cancel();
        FailureOf<OperationCanceledException>(task);
        LetGo();
        AssertUsable(processor);
    }

    [Promise]
    public void Draining_after_a_failure_is_bounded_when_a_command_is_stuck()
    {
        var processor = Open(2, Impatient);
        if (Fabric.RunsAtOnce)
        {
            processor.AddToQueue(Stuck, options: Brief);
        }

        processor.AddToQueue(new ThrowCommand("no"));
        Assert.Catch<CommandException>(() => processor.RunQueue());
        LetGo();
        AssertUsable(processor);
    }
}
