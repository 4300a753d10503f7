using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using HpcRuntime.Commands;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 1, further: priorities go before age, and lazily supplied commands are pulled as they are needed.</summary>
public abstract class PriorityAndLazyInputFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void Higher_priority_goes_first()
    {
        var processor = Open(1);
        var order = new List<int>();
        foreach (var priority in new[] { 0, 5, -3, 10, 1 })
        {
            processor.AddToQueue(new EchoCommand(priority), order.Add, new CommandOptions { Priority = priority });
        }

        processor.RunQueue();
        Assert.That(order, Is.EqualTo(new[] { 10, 5, 1, 0, -3 }));
    }

    [Promise]
    public void Within_a_priority_the_first_queued_goes_first()
    {
        var processor = Open(1);
        var order = new List<int>();
        for (var i = 0; i < 100; i++)
        {
            processor.AddToQueue(new EchoCommand(i), order.Add, new CommandOptions { Priority = i % 2 });
        }

        processor.RunQueue();
        Assert.That(order, Is.EqualTo(Enumerable.Range(0, 100).OrderByDescending(i => i % 2).ThenBy(i => i)));
    }

    [Promise]
    public void Priority_does_not_change_random_numbers()
    {
        var processor = Open(1);
        ulong[]? last = null;
        processor.AddToQueue(new RandomCommand(1));
        processor.AddToQueue(new RandomCommand(1), value => last = value, new CommandOptions { Priority = 9 });
        processor.RunQueue();
        Assert.That(last![0], Is.EqualTo(new HpcRuntime.Primitives.RandomStream(0, 1, 1).NextUInt64()));
    }

    [Promise]
    public void A_supplied_run_visits_every_command()
    {
        var processor = Open(2);
        long sum = 0;
        processor.RunQueue(Enumerable.Range(0, 5000).Select(i => new EchoCommand(i)), (long _, int value) => sum += value);
        Assert.That(sum, Is.EqualTo(4999L * 2500L));
    }

    [Promise]
    public void A_supplied_run_of_nothing_ends_at_once()
    {
        var processor = Open();
        processor.RunQueue(Enumerable.Empty<SlaveCommand>());
        AssertUsable(processor);
    }

    [Promise(Seconds = 60)]
    public void Supplied_commands_are_pulled_only_a_window_ahead()
    {
        var processor = Open(2);
        var pulled = 0;
        var handled = 0;
        var furthest = 0;

        IEnumerable<EchoCommand> Supply()
        {
            for (var i = 0; i < 100_000; i++)
            {
                pulled++;
                furthest = Math.Max(furthest, pulled - handled);
                yield return new EchoCommand(i);
            }
        }

        processor.RunQueue(Supply(), (long _, int _) => handled++);
        Assert.That(handled, Is.EqualTo(100_000));
        Assert.That(furthest, Is.LessThan(40_000), "A few of the largest chunks for each slave.");
    }

    [Promise]
    public void Commands_are_supplied_on_the_calling_thread()
    {
        var processor = Open(2);
        var threads = new HashSet<int>();

        IEnumerable<SlaveCommand> Supply()
        {
            for (var i = 0; i < 100; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                yield return new SilentCommand();
            }
        }

        processor.RunQueue(Supply());
        Assert.That(threads, Is.EqualTo(new[] { Environment.CurrentManagedThreadId }));
    }

    [Promise]
    public void A_failing_supplier_surfaces_as_itself()
    {
        var processor = Open(2);

        static IEnumerable<SlaveCommand> Supply()
        {
            yield return new SilentCommand();
            throw new NotSupportedException("the supplier has run dry");
        }

        Assert.That(Assert.Throws<NotSupportedException>(() => processor.RunQueue(Supply()))!.Message, Is.EqualTo("the supplier has run dry"));
        AssertUsable(processor);
    }

    [Promise]
    public void Failing_fast_stops_the_supply()
    {
        var processor = Open(1);
        var pulled = 0;

        IEnumerable<SlaveCommand> Supply()
        {
            for (var i = 0; ; i++)
            {
                pulled++;
                yield return i == 10 ? new ThrowCommand("stop") : new EchoCommand(i);
            }
        }

        Assert.Throws<SlaveCommandException>(() => processor.RunQueue(Supply()));
        Assert.That(pulled, Is.GreaterThan(10));
        AssertUsable(processor);
    }

    [Promise]
    public void A_supplier_is_disposed_whether_or_not_it_was_used_up()
    {
        var processor = Open(1);
        var disposed = 0;

        IEnumerable<SlaveCommand> Supply(bool failing)
        {
            try
            {
                yield return failing ? new ThrowCommand("stop") : new SilentCommand();
                for (var i = 0; failing || i < 10; i++)
                {
                    yield return new SilentCommand();
                }
            }
            finally
            {
                disposed++;
            }
        }

        processor.RunQueue(Supply(false));
        Assert.Throws<SlaveCommandException>(() => processor.RunQueue(Supply(true)));
        Assert.That(disposed, Is.EqualTo(2));
    }

    [Promise]
    public void Cancelling_stops_the_supply()
    {
        var processor = Open(1);
        using var cancellation = new CancellationTokenSource();

        IEnumerable<SlaveCommand> Supply()
        {
            for (var i = 0; ; i++)
            {
                if (i == 50)
                {
                    cancellation.Cancel();
                }

                yield return new SilentCommand();
            }
        }

        Assert.Catch<OperationCanceledException>(() => processor.RunQueue(Supply(), null, cancellation.Token));
        AssertUsable(processor);
    }

    [Promise]
    public void Each_supplied_command_is_given_its_memo()
    {
        var processor = Open(2);
        var memo = new NoteMemo();
        processor.RunQueue(Enumerable.Range(0, 20).Select(i => new NotesCommand($"{i}.", 1)), _ => memo);
        Assert.That(memo.Notes, Is.EquivalentTo(Enumerable.Range(0, 20).Select(i => $"{i}.0")));
    }

    [Promise]
    public void A_supplied_command_that_cannot_travel_is_refused_and_the_processor_usable()
    {
        var processor = Open(2);
        Assert.Throws<HpcRuntime.Wire.WireTypeException>(() => processor.RunQueue([new SilentCommand(), new EchoCommand<System.IO.Stream>(new System.IO.MemoryStream())]));
        AssertUsable(processor);
    }
}
