using System;
using System.Collections.Generic;
using System.Linq;
using HpcRuntime.Commands;
using HpcRuntime.Conformance.Run.Scripted;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance.Run;

/// <summary>What the master makes of answers in any order and of slaves that come late, deterministically.</summary>
public sealed class ScriptedOrderTests
{
    private static readonly ProcessorOptions Four = new() { Slaves = 4, ShowOutput = false };

    [Promise]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Results_in_scrambled_order_are_each_applied_once(int seed)
    {
        using var fabric = new ScriptedFabric(seed);
        using var processor = new Processor(fabric, Four);
        var values = new List<int>();
        for (var i = 0; i < 200; i++)
        {
            processor.AddToQueue(new EchoCommand(i), values.Add);
        }

        processor.RunQueue();
        Assert.That(values.Order(), Is.EqualTo(Enumerable.Range(0, 200)));
        Assert.That(values, Is.Not.Ordered, "The script scrambles.");
        Assert.That(fabric.Delivered.Distinct().Order(), Is.EqualTo(new[] { 1, 2, 3, 4 }));
    }

    [Promise]
    public void The_same_seed_gives_the_same_order()
    {
        Assert.That(OrderOf(5), Is.EqualTo(OrderOf(5)));
        Assert.That(OrderOf(5), Is.Not.EqualTo(OrderOf(6)));
    }

    [Promise]
    public void Random_numbers_do_not_depend_on_the_order_of_arrival()
    {
        Assert.That(NumbersOf(1), Is.EqualTo(NumbersOf(99)));
    }

    [Promise]
    public void Values_of_a_supplied_run_keep_their_index_whatever_their_order()
    {
        using var processor = new Processor(new ScriptedFabric(8), Four);
        var values = new Dictionary<long, int>();
        processor.RunQueue(Enumerable.Range(0, 300).Select(i => new EchoCommand(i)), (long index, int value) => values.Add(index, value));
        Assert.That(values.All(pair => pair.Key == pair.Value) && values.Count == 300, Is.True);
    }

    [Promise]
    public void A_slave_that_joins_late_is_not_waited_for()
    {
        var fabric = new ScriptedFabric(3) { Late = [2, 3] };
        using var processor = new Processor(fabric, Four with { Slaves = 3 });
        var ranks = RanksOf(processor, 50);
        Assert.That(ranks.Distinct(), Is.EqualTo(new[] { 1 }));
    }

    [Promise]
    public void A_slave_that_joins_late_takes_its_share()
    {
        var fabric = new ScriptedFabric(3) { Late = [2] };
        using var processor = new Processor(fabric, Four with { Slaves = 2 });
        processor.SendData("answer", 42);
        var ranks = new List<int>();
        void Add(int commands)
        {
            for (var i = 0; i < commands; i++)
            {
                processor.AddToQueue(new FactsCommand(i), Take);
            }
        }

        void Take(SlaveFacts facts)
        {
            ranks.Add(facts.Rank);
            if (ranks.Count == 20)
            {
                fabric.Admit(2);
                Add(80); // Not before: the first slave could have run them by now.
            }
        }

        Add(20);
        processor.RunQueue();
        Assert.That(ranks.Take(20), Is.All.EqualTo(1));
        Assert.That(ranks.Skip(20), Does.Contain(2));
        Assert.That(processor.ExecuteOnEverySlave(new GetDataCommand<int>("answer")), Is.EqualTo(new Dictionary<int, int> { [1] = 42, [2] = 42 }), "What was sent before it joined.");
    }

    [Promise]
    public void Output_of_scrambled_commands_stays_with_each()
    {
        using var processor = new Processor(new ScriptedFabric(12), Four);
        var commands = Enumerable.Range(0, 100).Select(i => processor.AddToQueue(new PrintCommand($"o{i}", $"e{i}"))).ToArray();
        processor.RunQueue();
        Assert.That(commands.Select(command => command.Output.Out + command.Output.Error), Is.EqualTo(Enumerable.Range(0, 100).Select(i => $"o{i}e{i}")));
    }

    [Promise]
    public void Failures_in_scrambled_order_are_all_told()
    {
        using var processor = new Processor(new ScriptedFabric(4), Four with { ErrorPolicy = ErrorPolicy.Continue });
        for (var i = 0; i < 50; i++)
        {
            processor.AddToQueue(new ThrowCommand($"{i}"));
        }

        var failures = Assert.Throws<AggregateException>(() => processor.RunQueue())!.InnerExceptions.Cast<SlaveCommandException>();
        Assert.That(failures.Select(failure => failure.RemoteMessage), Is.EquivalentTo(Enumerable.Range(0, 50).Select(i => $"{i}")));
    }

    private static List<int> OrderOf(int seed)
    {
        using var processor = new Processor(new ScriptedFabric(seed), Four);
        var order = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            processor.AddToQueue(new EchoCommand(i), order.Add);
        }

        processor.RunQueue();
        return order;
    }

    private static List<int> RanksOf(Processor processor, int count)
    {
        var ranks = new List<int>();
        for (var i = 0; i < count; i++)
        {
            processor.AddToQueue(new FactsCommand(i), facts => ranks.Add(facts.Rank));
        }

        processor.RunQueue();
        return ranks;
    }

    private static ulong[][] NumbersOf(int seed)
    {
        using var processor = new Processor(new ScriptedFabric(seed), Four);
        var numbers = new ulong[60][];
        processor.RunQueue(numbers.Select(_ => new RandomCommand(3)), (long index, ulong[] values) => numbers[index] = values);
        return numbers;
    }
}
