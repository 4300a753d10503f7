using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Conformance.Run.Scripted;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance.Run;

/// <summary>Promise 5, deterministically: slaves are lost before, while and after they work, and what they had sent may arrive late.</summary>
public sealed class ScriptedLossTests
{
    private static readonly ProcessorOptions Two = new() { Slaves = 2, ShowOutput = false };
    private string _folder = string.Empty;

    [SetUp]
    public void MakeRoom() => _folder = Directory.CreateTempSubdirectory("conformance-").FullName;

    [TearDown]
    public void ClearRoom() => Directory.Delete(_folder, true);

    [Promise]
    public void A_command_whose_slave_was_lost_is_run_again_and_knows_it()
    {
        var fabric = new ScriptedFabric { Script = LoseOnce(1, Fate.LoseBefore) };
        using var processor = new Processor(fabric, Two with { Slaves = 1 });
        var facts = processor.Execute(new FactsCommand());
        Assert.That((facts.Attempt, processor.Statistics.SlavesLost, processor.Statistics.Retried), Is.EqualTo((2, 1, 1L)));
    }

    [Promise]
    [TestCase(nameof(Fate.LoseBefore))]
    [TestCase(nameof(Fate.LoseAfter))]
    [TestCase(nameof(Fate.LoseAndSendLate))]
    public void A_result_is_applied_once_however_its_slave_was_lost(string fate)
    {
        var fabric = new ScriptedFabric(7) { Script = LoseEvery(3, Enum.Parse<Fate>(fate)) };
        using var processor = new Processor(fabric, Two with { MaxAttempts = 100 });
        var values = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            processor.AddToQueue(new LeaveTraceCommand(_folder, i), values.Add);
        }

        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 40)));
        Assert.That(processor.Statistics.SlavesLost, Is.GreaterThan(0));
        Assert.That(Directory.GetFiles(_folder), Has.Length.GreaterThanOrEqualTo(40), "At least once executed, exactly once applied.");
    }

    [Promise]
    public void A_command_that_loses_its_slave_each_time_is_given_up_with_every_attempt_told()
    {
        var fabric = new ScriptedFabric { Script = step => step.HasCommands ? Fate.LoseBefore : Fate.Live };
        using var processor = new Processor(fabric, Two with { Slaves = 1 });
        var failure = Assert.Throws<SlaveLostException>(() => processor.Execute(new SilentCommand(), new CommandOptions { Label = "killer" }))!;
        Assert.That(failure.Attempts.Select(attempt => (attempt.Attempt, attempt.Rank, attempt.Reason)), Is.EqualTo(new[] { (1, 1, "lost by the script"), (2, 1, "lost by the script"), (3, 1, "lost by the script") }));
        Assert.That(failure.Message, Does.Contain("killer").And.Contains("attempt 3"));
        Assert.That(failure.Command.Status, Is.EqualTo(CommandStatus.Lost));
    }

    [Promise]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void As_many_attempts_are_made_as_are_allowed(int most)
    {
        var fabric = new ScriptedFabric { Script = step => step.HasCommands ? Fate.LoseBefore : Fate.Live };
        using var processor = new Processor(fabric, Two with { Slaves = 1 });
        var failure = Assert.Throws<SlaveLostException>(() => processor.Execute(new SilentCommand(), new CommandOptions { MaxAttempts = most }))!;
        Assert.That(failure.Attempts, Has.Count.EqualTo(most));
    }

    [Promise]
    public void A_lost_slave_is_replaced_in_its_seat()
    {
        var fabric = new ScriptedFabric { Script = LoseOnce(2, Fate.LoseBefore) };
        using var processor = new Processor(fabric, Two);
        for (var i = 0; i < 20; i++)
        {
            processor.AddToQueue(new SilentCommand());
        }

        processor.RunQueue();
        Assert.That((processor.SlaveCount, processor.Size, processor.Statistics.SlavesLost), Is.EqualTo((2, 3, 1)));
        Assert.That(processor.ExecuteOnEverySlave(new FactsCommand()).Keys.Order(), Is.EqualTo(new[] { 1, 2 }));
    }

    [Promise]
    public void A_replacement_has_the_data_and_the_start_ups()
    {
        var fabric = new ScriptedFabric();
        using var processor = new Processor(fabric, Two with { Slaves = 1, Startups = [new TraceStartup(_folder, "culture")] });
        processor.SendData("answer", 42);
        Assert.That(processor.Execute(new GetDataCommand<int>("answer")), Is.EqualTo(42));
        fabric.Script = LoseOnce(1, Fate.LoseBefore);
        Assert.That(processor.Execute(new GetDataCommand<int>("answer")), Is.EqualTo(42));
        Assert.That(processor.Execute(new CountStartupsCommand(_folder)), Is.EqualTo(2));
    }

    [Promise]
    public void A_repeated_command_draws_the_same_random_numbers()
    {
        var calm = new ScriptedFabric();
        var stormy = new ScriptedFabric { Script = LoseEvery(2, Fate.LoseAfter) };
        Assert.That(NumbersOf(stormy), Is.EqualTo(NumbersOf(calm)));
    }

    [Promise]
    public void A_repeated_command_sees_the_data_of_when_it_was_queued()
    {
        var fabric = new ScriptedFabric();
        using var processor = new Processor(fabric, Two with { Slaves = 1 });
        var value = string.Empty;
        processor.SendData("version", "old");
        processor.AddToQueue(new GetDataCommand<string>("version"), found => value = found);
        processor.SendData("version", "new");
        fabric.Script = LoseOnce(1, Fate.LoseAfter);
        processor.RunQueue();
        Assert.That((value, processor.Statistics.Retried), Is.EqualTo(("old", 1L)));
    }

    [Promise]
    public void What_an_old_incarnation_sends_late_is_dropped()
    {
        var fabric = new ScriptedFabric { Script = LoseOnce(1, Fate.LoseAndSendLate) };
        using var processor = new Processor(fabric, Two with { Slaves = 1 });
        var memo = new ValueMemo<SlaveFacts>();
        processor.AddToQueue(new FactsCommand(), memo);
        processor.RunQueue();
        Assert.That(memo.Values.Select(facts => facts.Attempt), Is.EqualTo(new[] { 2 }));
    }

    [Promise]
    public void The_output_of_a_repeated_command_is_that_of_its_last_attempt()
    {
        var fabric = new ScriptedFabric { Script = LoseOnce(1, Fate.LoseAfter) };
        using var processor = new Processor(fabric, Two with { Slaves = 1 });
        var command = processor.AddToQueue(new PrintCommand("once\n"));
        processor.RunQueue();
        Assert.That((command.Output.Out, command.Attempts), Is.EqualTo(("once\n", 2)));
    }

    [Promise]
    public void A_loss_while_all_failures_are_gathered_is_one_of_them()
    {
        var fabric = new ScriptedFabric { Script = LoseOnce(1, Fate.LoseBefore) };
        using var processor = new Processor(fabric, Two with { Slaves = 1, MaxAttempts = 1, ErrorPolicy = ErrorPolicy.Continue });
        var values = new List<int>();
        for (var i = 0; i < 10; i++)
        {
            processor.AddToQueue(new EchoCommand(i), values.Add);
        }

        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions;
        Assert.That((failures.Single() is SlaveLostException, values.Count), Is.EqualTo((true, 9)));
    }

    [Promise]
    public void A_strict_processor_that_lost_a_slave_ends_with_4()
    {
        foreach (var strict in new[] { true, false })
        {
            var fabric = new ScriptedFabric { Script = LoseOnce(1, Fate.LoseBefore) };
            using var processor = new Processor(fabric, Two with { Slaves = 1, Strict = strict });
            processor.Execute(new SilentCommand());
            Assert.That(processor.ExitCodeFor(0), Is.EqualTo(strict ? 4 : 0));
        }
    }

    private static Func<ScriptedStep, Fate> LoseOnce(int rank, Fate fate)
    {
        var lost = false;
        return step =>
        {
            if (lost || step.Rank != rank || !step.HasCommands)
            {
                return Fate.Live;
            }

            lost = true;
            return fate;
        };
    }

    private static Func<ScriptedStep, Fate> LoseEvery(int count, Fate fate)
    {
        var steps = 0;
        return step => step.HasCommands && ++steps % count == 0 ? fate : Fate.Live;
    }

    private static ulong[][] NumbersOf(ScriptedFabric fabric)
    {
        using var processor = new Processor(fabric, Two with { MaxAttempts = 100 });
        var numbers = new ulong[30][];
        processor.RunQueue(numbers.Select(_ => new RandomCommand(3)), (long index, ulong[] values) => numbers[index] = values);
        return numbers;
    }
}
