using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 3: a command ends as a value, a failure, a loss, or cancelled or timed out; never in silence.</summary>
public abstract class OutcomeFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_value_is_an_outcome()
    {
        var outcome = OutcomeOf(Open(), new EchoCommand(3));
        Assert.That((outcome.IsDone, outcome.Value, outcome.Error, outcome.Command.Status), Is.EqualTo((true, 3, (Exception?)null, CommandStatus.Done)));
    }

    [Promise]
    public void A_failure_is_an_outcome_that_throws_when_its_value_is_asked_for()
    {
        var outcome = OutcomeOf(Open(), new ThrowCommand("no"));
        Assert.That((outcome.IsDone, outcome.Command.Status), Is.EqualTo((false, CommandStatus.Failed)));
        Assert.That(outcome.Error, Is.TypeOf<SlaveCommandException>());
        Assert.That(Assert.Throws<SlaveCommandException>(() => _ = outcome.Value), Is.SameAs(outcome.Error));
    }

    [Promise]
    public void A_time_out_is_an_outcome()
    {
        var outcome = OutcomeOf(Open(), new UntilCancelledCommand(), new CommandOptions { Timeout = TimeSpan.FromMilliseconds(100) });
        Assert.That(outcome.Command.Status, Is.EqualTo(CommandStatus.TimedOut));
        Assert.That(outcome.Error, Is.TypeOf<CommandTimeoutException>());
    }

    [Promise]
    public void A_cancellation_is_an_outcome()
    {
        using var cancellation = new System.Threading.CancellationTokenSource();
        cancellation.Cancel();
        var outcome = Open().SubmitForOutcome(new EchoCommand(1), null, cancellation.Token);
        WaitFor(outcome, "The outcome");
        Assert.That(outcome.Result.Command.Status, Is.EqualTo(CommandStatus.Cancelled));
        Assert.That(outcome.Result.Error, Is.InstanceOf<OperationCanceledException>());
    }

    [Promise]
    public void Every_command_of_a_mixed_crowd_ends_in_its_own_outcome()
    {
        var processor = Open(2);
        var outcomes = Enumerable.Range(0, 60).Select(i => (i % 3) switch
        {
            0 => processor.SubmitForOutcome(new EchoCommand(i)),
            1 => processor.SubmitForOutcome(new ThrowCommand($"number {i}")),
            _ => processor.SubmitForOutcome(new UntilCancelledCommand(), new CommandOptions { Timeout = TimeSpan.FromMilliseconds(20) }),
        }).ToArray();
        for (var i = 0; i < outcomes.Length; i++)
        {
            WaitFor(outcomes[i], $"Command {i}");
            Assert.That(outcomes[i].Result.Command.Status, Is.EqualTo((i % 3) switch { 0 => CommandStatus.Done, 1 => CommandStatus.Failed, _ => CommandStatus.TimedOut }));
        }
    }

    [Promise]
    public void A_failure_tells_rank_attempt_type_message_and_stack()
    {
        var failure = FailureOf(Open(), new ThrowCommand("the curve is flat"));
        Assert.That(failure.Rank, Is.GreaterThanOrEqualTo(1));
        Assert.That((failure.Attempt, failure.RemoteType, failure.RemoteMessage), Is.EqualTo((1, typeof(InvalidOperationException).FullName, "the curve is flat")));
        Assert.That(failure.RemoteStack, Does.Contain(nameof(ThrowCommand)));
        Assert.That(failure.Message, Does.Contain("the curve is flat").And.Contains(nameof(ThrowCommand)).And.Contains($"rank {failure.Rank}"));
    }

    [Promise]
    public void A_failure_tells_host_and_process()
    {
        var processor = Open(1);
        var facts = processor.Execute(new FactsCommand());
        var failure = FailureOf(processor, new ThrowCommand("no"));
        Assert.That((failure.Host, failure.ProcessId), Is.EqualTo((facts.Host, facts.ProcessId)));
        Assert.That(failure.SlaveName, Is.Not.Empty);
    }

    [Promise]
    public void A_failure_keeps_the_chain_of_inner_exceptions()
    {
        var failure = FailureOf(Open(), new ThrowChainCommand());
        Assert.That(failure.Chain.Select(error => error.Type), Is.EqualTo(new[] { "System.InvalidOperationException", "System.IO.IOException", "System.FormatException" }));
        Assert.That(failure.Chain.Select(error => error.Message), Is.EqualTo(new[] { "the fit failed", "the curve cannot be read", "line 3 is no number" }));
        Assert.That(failure.Message, Does.Contain("line 3 is no number"));
    }

    [Promise]
    public void A_failure_shows_the_end_of_standard_error()
    {
        var failure = FailureOf(Open(), new PrintAndThrowCommand("out", "last words\n", "no"));
        Assert.That(failure.ErrorTail, Is.EqualTo("last words\n"));
        Assert.That(failure.Message, Does.Contain("last words"));
    }

    [Promise]
    public void Only_the_last_4_kB_of_standard_error_are_shown()
    {
        var error = string.Concat(Enumerable.Range(0, 2000).Select(i => $"line {i}\n"));
        var failure = FailureOf(Open(), new PrintAndThrowCommand(string.Empty, error, "no"));
        Assert.That(failure.ErrorTail, Has.Length.InRange(4000, 4096));
        Assert.That(error, Does.EndWith(failure.ErrorTail));
        Assert.That(failure.Command.Output.Error, Is.EqualTo(error));
    }

    [Promise]
    public void A_failure_names_the_label_of_its_command()
    {
        var processor = Open();
        var failure = Assert.Throws<SlaveCommandException>(() => processor.Execute(new ThrowCommand("no"), new CommandOptions { Label = "curve 12" }))!;
        Assert.That((failure.Command.Label, failure.Message.Contains("curve 12", StringComparison.Ordinal)), Is.EqualTo(("curve 12", true)));
    }

    [Promise]
    public void A_failed_future_faults_with_the_failure_itself()
    {
        var task = Open().Submit(new ThrowCommand("in the future"));
        Assert.That(FailureOf<SlaveCommandException>(task).RemoteMessage, Is.EqualTo("in the future"));
        Assert.That(task.IsFaulted, Is.True);
    }

    [Promise]
    public void A_processor_that_saw_no_failure_ends_with_the_code_of_the_application()
    {
        var processor = Open();
        processor.Execute(new EchoCommand(1));
        Assert.That((processor.ExitCodeFor(0), processor.ExitCodeFor(5)), Is.EqualTo((0, 5)));
    }

    [Promise]
    public void A_failed_future_that_nobody_looked_at_makes_the_exit_code_1()
    {
        var processor = Open();
        var task = processor.Submit(new ThrowCommand("unseen"));
        WaitFor(task, "The command");
        Assert.That((processor.ExitCodeFor(0), processor.ExitCodeFor(7)), Is.EqualTo((1, 7)));
        Assert.That(task.Exception, Is.Not.Null);
    }

    [Promise]
    public void An_outcome_that_was_handed_over_is_no_unseen_failure()
    {
        var processor = Open();
        Assert.That(OutcomeOf(processor, new ThrowCommand("seen")).IsDone, Is.False);
        Assert.That(processor.ExitCodeFor(0), Is.Zero);
    }

    [Promise]
    public void A_failure_in_the_queue_is_seen_in_the_status_of_its_command()
    {
        var processor = Open(1, new ProcessorOptions { ErrorPolicy = ErrorPolicy.Continue });
        var statuses = new List<ICommandInfo> { processor.AddToQueue(new EchoCommand(1)), processor.AddToQueue(new ThrowCommand("no")), processor.AddToQueue(new SilentCommand()) };
        Assert.Throws<AggregateException>(() => processor.RunQueue());
        Assert.That(statuses.Select(command => command.Status), Is.EqualTo(new[] { CommandStatus.Done, CommandStatus.Failed, CommandStatus.Done }));
        Assert.That(statuses.Select(command => command.Attempts), Is.EqualTo(new[] { 1, 1, 1 }));
    }

    [Promise]
    public void A_slave_asking_for_the_processor_is_told_that_it_lives_on_the_master()
    {
        var failure = FailureOf(Open(), new AskForProcessorCommand());
        Assert.That(failure.RemoteType, Is.EqualTo("HpcRuntime.Processing.NotOnMasterException"));
        Assert.That(failure.RemoteMessage, Does.Contain("master"));
    }

    [Promise]
    public void Statistics_count_failures()
    {
        var processor = Open();
        FailureOf(processor, new ThrowCommand("no"));
        processor.Execute(new SilentCommand());
        var statistics = processor.Statistics;
        Assert.That((statistics.Failed, statistics.Done), Is.EqualTo((1L, 1L)));
    }

    private static Outcome<T> OutcomeOf<T>(Processor processor, SlaveCommand<T> command, CommandOptions? options = null)
    {
        var task = processor.SubmitForOutcome(command, options);
        WaitFor(task, "The outcome");
        return task.Result;
    }

    private static SlaveCommandException FailureOf(Processor processor, SlaveCommand command) =>
        Assert.Throws<SlaveCommandException>(() => processor.Execute(command))!;
}
