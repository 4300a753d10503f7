using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using HpcRuntime.Commands;
using HpcRuntime.DataParallel;
using HpcRuntime.Processing;
using HpcRuntime.Wire;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Functions as work: any function travels with what it captured, and what cannot travel is refused where it is submitted.</summary>
public abstract class FunctionFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_lambda_runs_on_a_slave()
    {
        var ranks = Value(Open().Submit(slave => slave.Rank));
        Assert.That(ranks, Is.GreaterThanOrEqualTo(1));
    }

    [Promise]
    public void A_lambda_brings_its_value_home() => Assert.That(Value(Open().Submit(() => 6 * 7)), Is.EqualTo(42));

    [Promise]
    public void A_lambda_travels_with_what_it_captured()
    {
        var (factor, weights, names) = (3, new[] { 1.5, 2.5 }, new List<string> { "a", "b" });
        Assert.That(Value(Open().Submit(() => (factor * weights[1]) + names.Count)), Is.EqualTo(9.5));
    }

    [Promise]
    public void What_a_function_captured_is_copied_when_it_is_submitted()
    {
        var processor = Open(1);
        var gate = Signal("go");
        var first = processor.Submit(new AwaitSignalCommand(gate));
        var task = SubmitThenChange(processor);
        Give("go");
        WaitFor(first, "The first");
        Assert.That(Value(task), Is.EqualTo(1));
    }

    [Promise]
    public void What_a_function_changes_stays_on_the_slave()
    {
        var counts = new int[1];
        Assert.That(Value(Open().Submit(() => ++counts[0])), Is.EqualTo(1));
        Assert.That(counts[0], Is.Zero);
    }

    [Promise]
    public void A_static_method_travels()
    {
        var processor = Open();
        Assert.That(Value(processor.Submit(Seven)), Is.EqualTo(7));
    }

    [Promise]
    public void A_method_of_an_object_travels_with_the_object()
    {
        var ramp = new Ramp { Slope = 4 };
        Assert.That(Value(Open().Submit(ramp.AtThree)), Is.EqualTo(12));
    }

    [Promise]
    public void A_local_function_travels()
    {
        var start = 5;
        int Next() => start + 1;
        Assert.That(Value(Open().Submit(Next)), Is.EqualTo(6));
    }

    [Promise]
    public void A_generic_function_travels() => Assert.That(Value(Open().Submit(Nothing<string>)), Is.Zero);

    [Promise]
    public void A_function_may_return_an_object()
    {
        var back = Value(Open().Submit(() => new Ramp { Slope = 2 }));
        Assert.That(back.AtThree(), Is.EqualTo(6));
    }

    [Promise]
    public void A_function_may_return_null() => Assert.That(Value(Open().Submit(() => (string?)null)), Is.Null);

    [Promise]
    public void An_action_runs_on_a_slave()
    {
        var path = Signal("done");
        WaitFor(Open().Submit(() => File.WriteAllText(path, "x")), "The action");
        Assert.That(File.ReadAllText(path), Is.EqualTo("x"));
    }

    [Promise]
    public void An_action_may_use_its_slave()
    {
        var path = Signal("done");
        WaitFor(Open().Submit(slave => File.WriteAllText(path, slave.Rank > 0 ? "slave" : "master")), "The action");
        Assert.That(File.ReadAllText(path), Is.EqualTo("slave"));
    }

    [Promise]
    public void An_asynchronous_function_brings_its_value_home() => Assert.That(
        Value(Open().Submit(async () =>
        {
            await Task.Yield();
            return 9;
        })), Is.EqualTo(9));

    [Promise]
    public void An_asynchronous_function_may_use_its_slave() => Assert.That(
        Value(Open().Submit(async slave =>
        {
            await Task.Yield();
            return slave.Attempt;
        })), Is.EqualTo(1));

    [Promise]
    public void An_asynchronous_action_ends_its_future_when_it_ends()
    {
        var path = Signal("late");
        WaitFor(
            Open().Submit(async () =>
            {
                await Task.Yield();
                await File.WriteAllTextAsync(path, "late");
            }), "The action");
        Assert.That(File.ReadAllText(path), Is.EqualTo("late"));
    }

    [Promise]
    public void An_exception_of_a_function_keeps_type_message_and_stack()
    {
        var failure = FailureOf<SlaveCommandException>(Open().Submit(() => Fail("the lamp is off")));
        Assert.That((failure.RemoteType, failure.RemoteMessage), Is.EqualTo((typeof(InvalidOperationException).FullName, "the lamp is off")));
        Assert.That(failure.RemoteStack, Does.Contain(nameof(Fail)));
    }

    [Promise]
    public void An_exception_of_an_asynchronous_function_is_not_wrapped()
    {
        var failure = FailureOf<SlaveCommandException>(Open().Submit(async () =>
        {
            await Task.Yield();
            return Fail("later");
        }));
        Assert.That((failure.RemoteType, failure.RemoteMessage), Is.EqualTo((typeof(InvalidOperationException).FullName, "later")));
    }

    [Promise]
    public void A_captured_variable_that_cannot_travel_is_named_at_the_call()
    {
        var processor = Open();
        var refusal = RefusalOfStream(processor);
        Assert.That(refusal.Message, Does.Contain("'source'").And.Contain(nameof(MemoryStream)));
        AssertUsable(processor);
    }

    [Promise]
    public void A_captured_field_that_cannot_travel_names_this()
    {
        var processor = Open();
        var refusal = Assert.Throws<WireTypeException>(() => _ = processor.Submit(new Holder().Length))!;
        Assert.That(refusal.Message, Does.Contain("'this'").And.Contain("Source"));
    }

    [Promise]
    public void Capturing_the_processor_is_refused_and_says_so()
    {
        var processor = Open();
        var refusal = Assert.Throws<WireTypeException>(() => _ = processor.Submit(() => processor.SlaveCount))!;
        Assert.That(refusal.Message, Does.Contain("'processor'"));
    }

    [Promise]
    public void What_other_functions_of_the_scope_captured_stays_behind()
    {
        var processor = Open();
        using var source = new MemoryStream();
        var scale = 3;
        var values = Enumerable.Range(0, 5).Select(i => processor.Submit(() => (i * scale) + (i == 4 ? new Ramp { Slope = scale }.AtThree() : 0))).ToArray();
        Assert.That(values.Select(Value), Is.EqualTo(new[] { 0, 3, 6, 9, 21 }));
        Func<long> uses = () => source.Length;
        Assert.That(uses(), Is.Zero);
    }

    [Promise]
    public void A_function_that_calls_another_of_its_scope_takes_along_what_that_one_uses()
    {
        var processor = Open();
        var (offset, unit) = (10, "m");
        Func<int, int> shift = x => x + offset;
        string Name(int x) => shift(x) + unit;
        var names = Enumerable.Range(0, 3).Select(i => processor.Submit(() => Name(i))).ToArray();
        Assert.That(names.Select(Value), Is.EqualTo(new[] { "10m", "11m", "12m" }));
    }

    [Promise]
    public void An_asynchronous_function_takes_along_what_it_uses()
    {
        var processor = Open();
        var offset = 10;
        var values = Enumerable.Range(0, 3).Select(i => processor.Submit(async () =>
        {
            await Task.Yield();
            return i + offset;
        })).ToArray();
        Assert.That(values.Select(Value), Is.EqualTo(new[] { 10, 11, 12 }));
    }

    [Promise]
    public void A_value_that_cannot_travel_fails_its_future_alone()
    {
        var processor = Open();
        var failure = FailureOf<SlaveCommandException>(processor.Submit(() => new Holder()));
        Assert.That(failure.RemoteType, Is.EqualTo(typeof(WireTypeException).FullName));
        AssertUsable(processor);
    }

    [Promise]
    public void A_function_is_called_by_its_name_in_messages()
    {
        var processor = Open();
        var failure = FailureOf<SlaveCommandException>(processor.Submit(AlwaysFails));
        Assert.That(failure.Command.Label, Is.EqualTo(nameof(AlwaysFails)));
        var lambda = FailureOf<SlaveCommandException>(processor.Submit(() => Fail("x")));
        Assert.That(lambda.Command.Label, Is.EqualTo("lambda in " + nameof(A_function_is_called_by_its_name_in_messages)));
    }

    [Promise]
    public void Ten_thousand_distinct_functions_bring_their_own_values()
    {
        var processor = Open();
        var futures = Enumerable.Range(0, 10_000).Select(i => processor.Submit(Adder(i))).ToArray();
        for (var i = 0; i < futures.Length; i++)
        {
            Assert.That(Value(futures[i]), Is.EqualTo(i + 1));
        }
    }

    [Promise]
    public void Executing_a_function_waits_for_its_value() => Assert.That(Open().Execute(() => 3), Is.EqualTo(3));

    [Promise]
    public void An_outcome_of_a_function_never_throws()
    {
        var task = Open().SubmitForOutcome(() => Fail("no"));
        WaitFor(task, "The outcome");
        Assert.That((task.Result.IsDone, task.Result.Command.Status), Is.EqualTo((false, CommandStatus.Failed)));
    }

    [Promise]
    public void A_bound_function_is_submitted_whenever_it_is_called()
    {
        var processor = Open();
        var one = processor.Bind((int x) => x * x);
        var two = processor.Bind((int x, int y) => x - y);
        var three = processor.Bind((string a, string b, int n) => string.Concat(Enumerable.Repeat(a + b, n)));
        var squares = Enumerable.Range(0, 20).Select(one).ToArray();
        Assert.That(squares.Distinct().Count(), Is.EqualTo(20), "Every call has a future of its own.");
        Assert.That(squares.Select(Value), Is.EqualTo(Enumerable.Range(0, 20).Select(x => x * x)));
        Assert.That((Value(two(7, 3)), Value(three("a", "b", 2))), Is.EqualTo((4, "abab")));
    }

    [Promise]
    public void Commands_go_through_the_same_doors() => Assert.That(Value(Open().Submit(new EchoCommand(5), new FutureOptions { Group = "g" })), Is.EqualTo(5));

    [Promise]
    public void What_a_function_prints_belongs_to_it()
    {
        var task = Open().SubmitForOutcome(() =>
        {
            Console.WriteLine("from the function");
            return 1;
        });
        WaitFor(task, "The outcome");
        Assert.That(task.Result.Command.Output.Out, Is.EqualTo("from the function\n"));
    }

    [Promise]
    public void A_function_draws_the_random_numbers_of_its_submission()
    {
        static ulong[] Draw(Processor processor) => [.. Enumerable.Range(0, 4).Select(_ => Value(processor.Submit(slave => slave.Random.NextUInt64())))];
        var first = Draw(Open(1));
        Assert.That(Draw(Open(2)), Is.EqualTo(first));
        Assert.That(first.Distinct().Count(), Is.EqualTo(4));
    }

    private static T Value<T>(Task<T> task)
    {
        WaitFor(task, "The future");
        return task.GetAwaiter().GetResult();
    }

    private static Task<int> SubmitThenChange(Processor processor)
    {
        var captured = new[] { 1 };
        var task = processor.Submit(() => captured[0]);
        captured[0] = 2;
        return task;
    }

    private static WireTypeException RefusalOfStream(Processor processor)
    {
        using var source = new MemoryStream();
        try
        {
            _ = processor.Submit(() => source.Length);
        }
        catch (WireTypeException refusal)
        {
            return refusal;
        }

        throw new AssertionException("It must be refused at the call.");
    }

    private static Func<int> Adder(int number) => () => number + 1;

    private static int Seven() => 7;

    private static int Nothing<T>() => typeof(T) == typeof(string) ? 0 : 1;

    private static int AlwaysFails() => Fail("always");

    private static int Fail(string message) => throw new InvalidOperationException(message);

    /// <summary>Something with a method that travels.</summary>
    public sealed class Ramp
    {
        /// <summary>A number.</summary>
        public int Slope { get; init; }

        /// <summary>Its value at 3.</summary>
        public int AtThree() => 3 * Slope;
    }

    /// <summary>Something that cannot travel.</summary>
    public sealed class Holder
    {
        private Stream Source { get; } = new MemoryStream();

        /// <summary>Uses what cannot travel.</summary>
        public long Length() => Source.Length;
    }
}
