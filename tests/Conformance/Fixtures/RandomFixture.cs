using System.Linq;
using HpcRuntime.Primitives;
using HpcRuntime.Processing;
using NUnit.Framework;

namespace HpcRuntime.Conformance;

/// <summary>Promise 10: random numbers depend on seed, run and index only.</summary>
public abstract class RandomFixture(FabricUnderTest fabric) : FabricFixture(fabric)
{
    [Promise]
    public void A_stream_is_that_of_seed_run_and_index()
    {
        Assert.That(RunOf(Open(2, new ProcessorOptions { Seed = 7 }), 30), Is.EqualTo(Expected(7, 1, 30)));
    }

    [Promise]
    public void The_default_seed_is_0()
    {
        Assert.That(RunOf(Open(1), 3), Is.EqualTo(Expected(0, 1, 3)));
    }

    [Promise]
    public void Every_run_has_its_own_numbers()
    {
        var processor = Open(2, new ProcessorOptions { Seed = 5 });
        for (var run = 1; run <= 4; run++)
        {
            Assert.That(RunOf(processor, 10), Is.EqualTo(Expected(5, run, 10)));
        }
    }

    [Promise]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void The_number_of_slaves_changes_no_number(int slaves)
    {
        Assert.That(RunOf(Open(slaves, new ProcessorOptions { Seed = 11 }), 100), Is.EqualTo(Expected(11, 1, 100)));
    }

    [Promise]
    [TestCase(Chunking.Adaptive)]
    [TestCase(Chunking.Each)]
    [TestCase(Chunking.Static)]
    public void The_way_of_chunking_changes_no_number(Chunking chunking)
    {
        Assert.That(RunOf(Open(3, new ProcessorOptions { Seed = 3, Chunking = chunking }), 100), Is.EqualTo(Expected(3, 1, 100)));
    }

    [Promise]
    public void Submitted_commands_count_on_in_run_0()
    {
        var processor = Open(2, new ProcessorOptions { Seed = 2 });
        for (var index = 0; index < 5; index++)
        {
            Assert.That(processor.Execute(new RandomCommand(2)), Is.EqualTo(Expected(2, 0, 5)[index].Take(2)));
        }
    }

    [Promise]
    public void Supplied_commands_have_the_numbers_of_queued_ones()
    {
        var processor = Open(2, new ProcessorOptions { Seed = 9 });
        var numbers = new ulong[50][];
        processor.RunQueue(Enumerable.Range(0, 50).Select(_ => new RandomCommand(4)), (long index, ulong[] values) => numbers[index] = values);
        Assert.That(numbers, Is.EqualTo(Expected(9, 1, 50)));
    }

    [Promise]
    public void Submitting_in_between_changes_no_number_of_a_run()
    {
        var processor = Open(1, new ProcessorOptions { Seed = 4 });
        processor.Execute(new RandomCommand(1));
        var numbers = RunOf(processor, 10);
        processor.Execute(new RandomCommand(1));
        Assert.That((numbers, RunOf(processor, 10)), Is.EqualTo((Expected(4, 1, 10), Expected(4, 2, 10))));
    }

    private static ulong[][] RunOf(Processor processor, int count)
    {
        var numbers = new ulong[count][];
        for (var i = 0; i < count; i++)
        {
            var index = i;
            processor.AddToQueue(new RandomCommand(4), values => numbers[index] = values);
        }

        processor.RunQueue();
        return numbers;
    }

    private static ulong[][] Expected(long seed, long run, int count) => [.. Enumerable.Range(0, count).Select(index =>
    {
        var stream = new RandomStream(seed, run, index);
        return new[] { stream.NextUInt64(), stream.NextUInt64(), stream.NextUInt64(), stream.NextUInt64() };
    })];
}
